/*
 * Accounts that come from the fleet.
 */
#include "fleet_account.h"

#include "sql/store.h"
#include "sql/store_fleet.h"
#include "terminal/options.h"
#include "terminal/say.h"

enum status fleet_account_refuse(const struct tool *tool, const struct account *account)
{
    struct fleet fleet = { .base = "" };

    if (!account->fleet)
        return GO_ON;
    store_fleet(tool->store, &fleet);
    return tool_refuse_as(KIND_FLEET_ACCOUNT, "username", account->username, "%s comes from the fleet %s; "
                          FLEET_ACCOUNT_ADVICE "%s", account->username, fleet.base,
                          options_take(tool->command, OPTION_HERE) ? ", or use --here, for this host alone" : "");
}
