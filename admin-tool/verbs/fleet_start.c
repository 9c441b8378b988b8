/*
 * Following begun. It is another program's work, seen in the store alone: whoever waits here holds no lock.
 */
#include "fleet_start.h"

#include <stdio.h>
#include <time.h>

#include "host/fleet_units.h"
#include "host/units.h"
#include "sql/store.h"
#include "terminal/answer.h"
#include "terminal/say.h"

enum { WAIT_S = 60, STEP_MS = 200 };

enum status fleet_start_find(struct tool *tool, struct fleet *ret)
{
    enum store_result result = tool->store != NULL ? store_fleet(tool->store, ret) : STORE_NOT_FOUND;

    if (result != STORE_NOT_FOUND)
        return tool_store_status(tool, result, "the fleet");
    puts("This host is in no fleet; nothing was changed.");
    return STATUS_DONE;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* All that there is has come once. */
static bool is_filled(struct tool *tool)
{
    struct fleet fleet;

    return store_fleet(tool->store, &fleet) == STORE_OK && !fleet.whole_due;
}

static bool wait_for_fill(struct tool *tool)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
    int64_t end = now_ms() + INT64_C(1000) * WAIT_S;
    bool filled;

    fflush(NULL);
    while (!(filled = is_filled(tool)) && now_ms() < end)
        nanosleep(&step, NULL);
    return filled;
}

static void say_what_came(struct tool *tool)
{
    struct fleet_counts counts = { 0 };

    if (tool_store_status(tool, store_fleet_count(tool->store, &counts), "the fleet") != GO_ON)
        return;
    answer_count("accounts", counts.accounts);
    answer_count("held", counts.held);
    printf("Accounts that came: %lld; held back: %lld%s.\n", (long long)counts.accounts, (long long)counts.held,
           counts.held > 0 ? ", see 'admin-tool fleet status'" : "");
}

void fleet_start(struct tool *tool, bool renewed)
{
    if (!units_are_here()) {
        tool_refuse(GO_ON, "note: no systemd runs here, so nothing follows yet: coder-fleet(7) says how to run coder_fleet "
                    "and 'admin-tool follow'");
        return;
    }
    if (!fleet_units_start() || (renewed && !fleet_units_restart())) {
        tool_complain(tool, FLEET_UNIT " could not be started; see 'systemctl status " FLEET_SOCKET_UNIT " " FLEET_UNIT "'");
        return;
    }
    if (wait_for_fill(tool))
        say_what_came(tool);
    else
        tool_complain(tool, "no server has sent the accounts within %d s; it goes on trying: see 'admin-tool fleet status' and "
                      "'journalctl -u " FLEET_UNIT "'", WAIT_S);
}

void fleet_start_again(struct tool *tool)
{
    if (!units_are_here())
        tool_refuse(GO_ON, "note: no systemd runs here: begin 'admin-tool follow' again");
    else if (!fleet_units_restart())
        tool_complain(tool, FLEET_UNIT " could not be begun again; see 'systemctl status " FLEET_UNIT "'");
}
