/*
 * users delete: the account goes, then what it runs and its place in the local groups; what else it leaves on this
 * machine is told.
 */
#include "delete.h"

#include <stdio.h>

#include "change/change.h"
#include "host/home_remove.h"
#include "host/leftovers.h"
#include "host/local_groups.h"
#include "host/local_users.h"
#include "host/setid.h"
#include "host/subids.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_changes.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "loss.h"

static enum status check_delete(struct tool *tool, const struct change *change,
                                const struct account *account)
{
    return loss_check(tool, change, account);
}

static enum status look_delete(struct tool *tool, const struct change *change,
                               const struct account *account)
{
    (void)change;
    return tool_has(tool, OPTION_REMOVE_HOME) ? host_refuse_local_home(account) : GO_ON;
}

static enum store_result apply_delete(struct tool *tool, const struct change *change,
                                      const struct account *account)
{
    (void)change;
    return store_account_delete(tool->store, account->uid);
}

static bool ends_deleted(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)tool;
    (void)change;
    return target->changed;
}

/* The subordinate ids last: what runs under them is found by them. */
static void follow_delete(struct tool *tool, const struct change *change,
                          const struct account *before, const struct account *after)
{
    (void)change;
    (void)after;
    local_groups_leave(tool, before);
    subids_take_back(tool, before);
}

static void advise_delete(const struct account *account, char ret[SETID_COMMAND_SIZE])
{
    setid_command(account->home, SEARCH_WRITABLE, account->uid, ret);
}

/* May take a minute, and half of it is no harm. */
static void settle_delete(struct tool *tool, const struct change *change, const struct account *accounts, size_t count)
{
    (void)change;
    if (tool_has(tool, OPTION_REMOVE_HOME))
        homes_remove(tool, accounts, count);
    leftovers_print(accounts, count, false, stdout);
    setid_settle(tool, accounts, count, true, advise_delete);
}

static void preview_delete(struct tool *tool, const struct change *change,
                           const struct account *account, FILE *out)
{
    (void)change;
    if (tool_has(tool, OPTION_REMOVE_HOME))
        fprintf(out, "Would remove %s, if it is the user's own folder.\n", account->home);
    local_groups_preview(tool, account, out);
    subids_preview_take_back(account, out);
}

static void preview_left(struct tool *tool, const struct change *change, const struct account *accounts, size_t count,
                         FILE *out)
{
    (void)change;
    leftovers_print(accounts, count, tool_has(tool, OPTION_REMOVE_HOME), out);
    setid_preview(tool, accounts, count, true, 0, out);
}

enum status users_delete(struct tool *tool)
{
    static const struct change change = {
        .event = "delete", .plan = "delete", .outcome = "is deleted", .asks = true, .check = check_delete, .look = look_delete,
        .apply = apply_delete, .ends = ends_deleted, .follow = follow_delete, .settle = settle_delete,
        .preview = preview_delete, .preview_all = preview_left,
        .fleet_does = "delete",
    };

    return change_accounts(tool, &change);
}
