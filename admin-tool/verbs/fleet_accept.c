/*
 * fleet accept: an administrator's word that it is meant: those who vanished at once are refused from now on, those who were
 * deleted at once are deleted, and a server that went back is followed again.
 */
#include "fleet_accept.h"

#include <stdio.h>
#include <string.h>

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

static void add(char plan[PLAN_SIZE], const char *what)
{
    size_t length = strlen(plan);

    snprintf(plan + length, PLAN_SIZE - length, "%s%s", length > 0 ? ", and " : "", what);
}

static void add_accounts(char plan[PLAN_SIZE], const char *verb, int64_t count, const char *which)
{
    char what[96];

    snprintf(what, sizeof what, "%s %lld account%s that %s", verb, (long long)count, count == 1 ? "" : "s", which);
    if (count > 0)
        add(plan, what);
}

/* "refuse 120 accounts that vanished from the fleet, and delete 30 accounts that were deleted in the fleet" */
static void write_plan(const struct fleet *fleet, const struct fleet_counts *counts, char ret[PLAN_SIZE])
{
    ret[0] = '\0';
    add_accounts(ret, "refuse", counts->vanished, "vanished from the fleet");
    add_accounts(ret, "delete", counts->deleted, "were deleted in the fleet");
    if (fleet->latched_at != 0)
        add(ret, "follow a server that went back to an older state");
    if (ret[0] == '\0')
        add(ret, "let accounts vanish again");
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

    if (status == GO_ON && counts.vanished == 0 && counts.deleted == 0 && fleet->latched_at == 0 && fleet->braked_at == 0) {
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
    answer_count("deleted", accepted.deleted);
    printf("Accepted; accounts that are refused from now on: %lld, deleted: %lld%s.\n", (long long)accepted.gone,
           (long long)accepted.deleted, accepted.unlatched ? "; everything is asked for anew" : "");
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
