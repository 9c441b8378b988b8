/*
 * Losses, counted over a whole file: an Admin may go where another one comes.
 */
#include "losses.h"

#include <string.h>

#include "host/oneself.h"
#include "sql/account.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

static bool is_active(const struct tool *tool, const struct account *account)
{
    return account != NULL && account_state(account, &tool->policy, tool->now) == ACCOUNT_STATE_ACTIVE;
}

static bool is_active_admin(const struct tool *tool, const struct account *account)
{
    return is_active(tool, account) && (account->roles & ROLE_ADMIN) != 0 && !account->service;
}

enum status losses_begin(const struct tool *tool, struct losses *ret)
{
    *ret = (struct losses){ .admins = 0 };
    if (tool->store == NULL)
        return GO_ON;
    return tool_store_status(tool, store_count_other_admins(tool->store, 0, &tool->policy, tool->now, &ret->admins),
                             "the store");
}

enum status losses_add(const struct tool *tool, struct losses *losses, const struct account *before,
                       const struct account *after)
{
    bool was = is_active_admin(tool, before), is = is_active_admin(tool, after);

    losses->admins += (int64_t)is - (int64_t)was;
    if (was && !is)
        memcpy(losses->lost, before->username, sizeof losses->lost);
    if (before == NULL || (after != NULL && (before->roles & ~after->roles) == 0 &&
                           (!is_active(tool, before) || is_active(tool, after))))
        return GO_ON;
    return oneself_check(tool, before);
}

enum status losses_check(const struct tool *tool, const struct losses *losses)
{
    if (losses->lost[0] == '\0' || losses->admins > 0 || tool_has(tool, OPTION_FORCE))
        return GO_ON;
    return tool_refuse_as(KIND_LAST_ADMIN, "username", losses->lost, "%s is among the last active Admins, and none would "
                          "be left; make another one first, or use --force", losses->lost);
}
