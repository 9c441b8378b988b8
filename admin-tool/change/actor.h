/*
 * Who does it, found once, for the audit log.
 */
#ifndef CODER_CHANGE_ACTOR_H
#define CODER_CHANGE_ACTOR_H

#include "terminal/command.h"

/* What the system knows comes first: login uid, ancestors.h, the terminal. What only the environment says
 * (SUDO_USER, SSH_CONNECTION) is taken when it looks like what it should be, with " (claimed)" after it. */
void actor_find(struct actor *ret);

#endif
