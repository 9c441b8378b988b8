/*
 * An administrator's word on what the fleet did.
 */
#ifndef CODER_FOLLOW_ACCEPT_H
#define CODER_FOLLOW_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "terminal/command.h"

struct fleet_accepted {
    int64_t gone;    /* accounts that are "not here" from now on, whose sessions were ended */
    int64_t deleted; /* accounts that are there no more, as the fleet says */
    bool unlatched;  /* a server went back, and all is to be sent anew */
};

/* Those who vanished and were held are gone, those who were deleted are deleted; a server that went back is followed again, from its beginning. tool is open.
 * GO_ON, or said. A follower that runs learns of it within 15 s. */
enum status fleet_accept(struct tool *tool, struct fleet_accepted *ret);

#endif
