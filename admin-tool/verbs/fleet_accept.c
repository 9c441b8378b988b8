/*
 * fleet accept: an administrator's word that it is meant: those who vanished at once are refused from now on, and a server
 * that went back is followed again.
 */
#include "fleet_accept.h"

#include <stdio.h>

#include "change/ready.h"
#include "follow/accept.h"
#include "sql/store.h"
#include "sql/store_fleet.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/say.h"
#include "fleet_start.h"

enum { PLAN_SIZE = 256 };

/* "refuse 120 accounts that vanished from the fleet or were deleted there, and follow a server that went back" */
static void write_plan(const struct fleet *fleet, const struct fleet_counts *counts, char ret[PLAN_SIZE])
{
    char vanished[96] = "";

    if (counts->vanished > 0)
        snprintf(vanished, sizeof vanished, "refuse %lld account%s that vanished from the fleet or were deleted there", (long long)counts->vanished,
                 counts->vanished == 1 ? "" : "s");
    snprintf(ret, PLAN_SIZE, "%s%s%s", vanished, counts->vanished > 0 && fleet->latched_at != 0 ? ", and " : "",
             fleet->latched_at != 0 ? "follow a server that went back to an older state" : "");
    if (ret[0] == '\0')
        snprintf(ret, PLAN_SIZE, "let accounts vanish again");
}

static enum status ask(const struct tool *tool, const char *plan)
{
    if (tool_has(tool, OPTION_DRY_RUN)) {
        printf("Would %s; nothing was changed.\n", plan);
        return STATUS_DONE;
    }
    return tool_has(tool, OPTION_YES) ? GO_ON : confirm_change(plan, answer_is_json() ? stderr : stdout);
}

static enum status accept(struct tool *tool, const struct fleet *fleet)
{
    struct fleet_accepted accepted = { 0 };
    struct fleet_counts counts = { 0 };
    char plan[PLAN_SIZE];
    enum status status = tool_store_status(tool, store_fleet_count(tool->store, &counts), "the fleet");

    if (status == GO_ON && counts.vanished == 0 && fleet->latched_at == 0 && fleet->braked_at == 0) {
        puts("Nothing waits for your word; nothing was changed.");
        return GO_ON;
    }
    write_plan(fleet, &counts, plan);
    if (status == GO_ON)
        status = ask(tool, plan);
    if (status == GO_ON)
        status = fleet_accept(tool, &accepted);
    if (status != GO_ON)
        return status;
    answer_count("vanished", accepted.gone);
    printf("Accepted; accounts that are refused from now on: %lld%s.\n", (long long)accepted.gone,
           accepted.unlatched ? "; everything is asked for anew" : "");
    fleet_start_again(tool);
    return GO_ON;
}

enum status fleet_accept_verb(struct tool *tool)
{
    struct fleet fleet;
    enum status status = tool_open(tool);

    answer_hear();
    if (status == GO_ON)
        status = fleet_start_find(tool, &fleet);
    if (status == GO_ON)
        status = accept(tool, &fleet);
    return status == GO_ON ? STATUS_DONE : status;
}
