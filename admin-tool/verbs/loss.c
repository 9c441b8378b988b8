/*
 * What nobody could undo is refused: the last Admin's loss, and one's own.
 */
#include "loss.h"

#include "host/oneself.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

/* Somebody must stay who can undo it. */
static enum status check_admin_left(struct tool *tool, const struct account *account)
{
    int64_t others = 0;
    enum status status;

    if ((account->roles & ROLE_ADMIN) == 0 || tool_has(tool, OPTION_FORCE) ||
        account_state(account, &tool->policy, tool->now) != ACCOUNT_STATE_ACTIVE)
        return GO_ON;
    status = tool_store_status(tool, store_count_other_admins(tool->store, account->uid, &tool->policy,
                                                              tool->now, &others), account->username);
    if (status == GO_ON && others == 0)
        return tool_refuse(STATUS_REFUSED,
                           "%s is the last active Admin; make another one first, or "
                           "use --force",
                           account->username);
    return status;
}

enum status loss_check(struct tool *tool, const struct account *account)
{
    enum status status = check_admin_left(tool, account);

    return status == GO_ON ? oneself_check(tool, account) : status;
}
