/*
 * Said of the hosts with some scopes: which are connected, and where.
 */
#ifndef CODER_FLEET_HOSTS_H
#define CODER_FLEET_HOSTS_H

#include "course.h"
#include "identity.h"
#include "peer.h"

enum { HOSTS_STEP_MS = 2000, HOSTS_SCOPES_MAX = 256 };

struct hosts_scopes {
    bool all;
    size_t count;
    char names[HOSTS_SCOPES_MAX][SHOWN_SCOPE_SIZE];
};

/* Once each; what has no room makes it all. */
void hosts_scope(struct hosts_scopes *scopes, const char *scope);

/* Lines "unasked" and "host" for the peer. uri is that of the course's pen; the other servers are asked as as. */
enum course_end hosts_say(struct course *course, const char *uri, const struct connect_as *as, const struct hosts_scopes *scopes,
                          long long until, struct peer *peer);

#endif
