/*
 * admin-tool follow: what the fleet says becomes what holds here.
 */
#ifndef CODER_FOLLOW_FOLLOW_H
#define CODER_FOLLOW_FOLLOW_H

#include "terminal/command.h"

/* Until this host leaves the fleet, then STATUS_DONE; or it has not joined one, which is said. */
enum status follow_run(struct tool *tool);

#endif
