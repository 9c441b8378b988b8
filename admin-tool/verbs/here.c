/*
 * suspend and activate --here.
 */
#include "here.h"

#include <stdio.h>
#include <string.h>

#include "terminal/say.h"

bool here_is_meant(const struct tool *tool, const struct account *account, struct fleet_account *ret)
{
    return account->fleet && tool_has(tool, OPTION_HERE) &&
           store_fleet_account(tool->store, account->uid, ret) == STORE_OK;
}

enum status here_status(const struct tool *tool, const struct account *account, enum account_status *ret)
{
    struct fleet_account from;

    *ret = account->status;
    if (!account->fleet || tool_has(tool, OPTION_HERE) || store_fleet_account(tool->store, account->uid, &from) != STORE_OK)
        return GO_ON;
    *ret = from.status == FLEET_ACTIVE ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED;
    if (*ret == account->status || strcmp(tool->command->name, "activate") != 0)
        return GO_ON;
    return tool_refuse_as(KIND_FLEET_ACCOUNT, "username", account->username, "%s is suspended by this host alone; use --here",
                          account->username);
}

enum status here_check(const struct account *account, const struct fleet_account *from, bool suspends)
{
    if (from->here_suspended != suspends)
        return GO_ON;
    if (!suspends && from->status != FLEET_ACTIVE)
        return tool_refuse_as(KIND_FLEET_ACCOUNT, "username", account->username, "%s is %s in the fleet, which --here "
                              "does not change; leave it out", account->username,
                              store_fleet_status_name(from->status));
    printf("%s is already %s.\n", account->username, suspends ? "suspended here" : "active");
    return STATUS_DONE;
}

const char *here_detail(const struct tool *tool, char ret[HERE_DETAIL_SIZE])
{
    const char *reason = tool->arguments.value[OPTION_REASON];

    if (!tool_has(tool, OPTION_HERE))
        return reason;
    snprintf(ret, HERE_DETAIL_SIZE, "here%s%s", reason != NULL ? ": " : "", reason != NULL ? reason : "");
    return ret;
}
