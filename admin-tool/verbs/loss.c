/*
 * What nobody could undo is refused: the last Admin's loss, and one's own.
 */
#include "loss.h"

#include <string.h>

#include "change/change.h"
#include "host/oneself.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

static bool is_active_admin(const struct tool *tool, const struct account *account)
{
    return (account->roles & ROLE_ADMIN) != 0 && !account->service &&
           account_state(account, &tool->policy, tool->now) == ACCOUNT_STATE_ACTIVE;
}

/* Active Admins besides this one, whom the change is about, too. */
static int64_t count_among(struct tool *tool, const struct targets *targets, uint32_t uid)
{
    struct account other = { 0 };
    int64_t count = 0;

    for (size_t i = 0; i < targets->count; i++)
        if (targets->list[i].before.uid != uid &&
            store_account_by_uid(tool->store, targets->list[i].before.uid, &other) == STORE_OK)
            count += is_active_admin(tool, &other);
    explicit_bzero(other.hash, sizeof other.hash);
    return count;
}

/* Somebody must stay who can undo it. */
static enum status check_admin_left(struct tool *tool, const struct change *change, const struct account *account)
{
    int64_t others = 0;
    enum status status;

    if (tool_has(tool, OPTION_FORCE) || (account->roles & ROLE_ADMIN) == 0 ||
        account_state(account, &tool->policy, tool->now) != ACCOUNT_STATE_ACTIVE)
        return GO_ON;
    status = tool_store_status(tool, store_count_other_admins(tool->store, account->uid, &tool->policy,
                                                              tool->now, &others), account->username);
    if (status == GO_ON && others <= count_among(tool, change->among, account->uid))
        return tool_refuse_as(KIND_LAST_ADMIN, "username", account->username, "%s is the last active Admin; make another "
                              "one first, or use --force", account->username);
    return status;
}

enum status loss_check(struct tool *tool, const struct change *change, const struct account *account)
{
    enum status status = check_admin_left(tool, change, account);

    return status == GO_ON ? oneself_check(tool, account) : status;
}
