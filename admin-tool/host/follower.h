/*
 * Whether this host's admin-tool follow runs, by whatever it was started: a lock that it holds as long as it lives.
 */
#ifndef CODER_HOST_FOLLOWER_H
#define CODER_HOST_FOLLOWER_H

#include <stdbool.h>

/* From now on this process follows, until it ends. False with errno; EAGAIN: another one does, and did so for the last 5 s. */
bool follower_begin(void);

bool follower_runs(void);

#endif
