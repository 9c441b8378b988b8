/*
 * The units of systemd that follow the fleet.
 */
#include "fleet_units.h"

#include <stddef.h>

#include "program.h"

#define SYSTEMCTL "/usr/bin/systemctl"

static bool run(char *const argv[])
{
    char said[256];

    return host_capture(argv, said, sizeof said);
}

bool fleet_units_start(void)
{
    char *const argv[] = { SYSTEMCTL, "enable", "--now", "--quiet", FLEET_SOCKET_UNIT, FLEET_UNIT, NULL };

    return run(argv);
}

bool fleet_units_stop(void)
{
    char *const argv[] = { SYSTEMCTL, "disable", "--now", "--quiet", FLEET_UNIT, FLEET_SOCKET_UNIT, NULL };

    return run(argv);
}

bool fleet_units_restart(void)
{
    char *const argv[] = { SYSTEMCTL, "try-restart", FLEET_UNIT, NULL };

    return run(argv);
}

bool fleet_units_run(void)
{
    char *const argv[] = { SYSTEMCTL, "is-active", "--quiet", FLEET_UNIT, NULL };

    return run(argv);
}
