/*
 * The units of systemd that follow the fleet.
 */
#ifndef CODER_HOST_FLEET_UNITS_H
#define CODER_HOST_FLEET_UNITS_H

#include <stdbool.h>

#define FLEET_UNIT "coder-follow.service"
#define FLEET_SOCKET_UNIT "coder-fleet.socket"

/* Each: false when systemd could not do it, or not within 60 s. Only where units_are_here. */
bool fleet_units_start(void);   /* now, and at each boot */
bool fleet_units_stop(void);    /* now, and for good */
bool fleet_units_restart(void); /* where they run: what changed in the store is taken up */
bool fleet_units_run(void);     /* asked for 10 s at most */

#endif
