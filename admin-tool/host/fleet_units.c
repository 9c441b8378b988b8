/*
 * The units of systemd that follow the fleet.
 */
#include "fleet_units.h"

#include <stddef.h>

#include "program.h"

#define SYSTEMCTL "/usr/bin/systemctl"

/* A unit may take 15 s to stop, and a busy systemd as long to read its units. */
enum { WORK_MS = 60 * 1000, LOOK_MS = 10 * 1000 };

bool fleet_units_start(void)
{
    char *const argv[] = { SYSTEMCTL, "enable", "--now", "--quiet", FLEET_SOCKET_UNIT, FLEET_UNIT, NULL };

    return host_succeeds(argv, WORK_MS);
}

bool fleet_units_stop(void)
{
    char *const argv[] = { SYSTEMCTL, "disable", "--now", "--quiet", FLEET_UNIT, FLEET_SOCKET_UNIT, NULL };

    return host_succeeds(argv, WORK_MS);
}

bool fleet_units_restart(void)
{
    char *const argv[] = { SYSTEMCTL, "try-restart", FLEET_UNIT, NULL };

    return host_succeeds(argv, WORK_MS);
}

bool fleet_units_run(void)
{
    char *const argv[] = { SYSTEMCTL, "is-active", "--quiet", FLEET_UNIT, NULL };

    return host_succeeds(argv, LOOK_MS);
}
