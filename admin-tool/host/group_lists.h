/*
 * Lists of members, as programs read them that do not ask which groups a user is in.
 */
#ifndef CODER_GROUP_LISTS_H
#define CODER_GROUP_LISTS_H

#include <stdbool.h>

/* Does /etc/nsswitch.conf end the search for a group of /etc/group there, so that its list lacks those of
 * our users that come into it with a role? glibc shows both where it has [SUCCESS=merge]. */
bool group_lists_lack_ours(void);

#endif
