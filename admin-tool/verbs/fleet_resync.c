/*
 * fleet resync: everything is asked for anew, and nothing else changes.
 */
#include "fleet_resync.h"

#include <stdio.h>

#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/store.h"
#include "sql/store_fleet.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "fleet_start.h"

static enum status commit(struct tool *tool)
{
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = tool_store_status(tool, store_fleet_resync(tool->store), "the fleet");
    if (status == GO_ON)
        status = change_commit(tool, "fleet-resync", NULL, NULL, NULL);
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON)
        record_event(tool, "fleet-resync", NULL);
    change_release_signals();
    return status;
}

static enum status resync(struct tool *tool)
{
    enum status status;

    if (tool_has(tool, OPTION_DRY_RUN)) {
        puts("Would ask for everything anew; nothing was changed.");
        return GO_ON;
    }
    status = commit(tool);
    if (status != GO_ON)
        return status;
    puts("Everything is asked for anew.");
    fleet_start_again(tool);
    return GO_ON;
}

enum status fleet_resync(struct tool *tool)
{
    struct fleet fleet;
    enum status status = tool_open(tool);

    answer_hear();
    if (status == GO_ON)
        status = fleet_start_find(tool, &fleet);
    if (status == GO_ON)
        status = resync(tool);
    return status == GO_ON ? STATUS_DONE : status;
}
