/*
 * The fleet's own log (slapo-accesslog): who wrote what, as every server that can be asked has it.
 */
#ifndef CODER_FLEET_LOG_H
#define CODER_FLEET_LOG_H

#include "course.h"
#include "peer.h"

enum { LOG_ROWS_DEFAULT = 1000, LOG_ROWS_MAX = 10000, LOG_STEP_MS = 2000 };

/* Lines "unasked" and "log" for the peer, the newest rows, in the order of time. uri is that of the course's pen; the other
 * servers are asked as as. */
enum course_end log_say(struct course *course, const char *uri, const struct connect_as *as, long long until, struct peer *peer);

#endif
