/*
 * One change of one account: find, check, ask, and only then lock, begin, look again, change,
 * audit, prepare the publication, commit, publish. Nothing is asked in the transaction, and what is
 * said there is written after it (process.c).
 */
#include "change.h"

#include <stdio.h>
#include <string.h>

#include "host/local_users.h"
#include "host/oneself.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "lock.h"
#include "ready.h"
#include "record.h"
#include "transaction.h"

/* -- the question ------------------------------------------------------------------------- */

static void show(const struct tool *tool, const struct change *change, const struct account *account,
                 FILE *out)
{
    print_account_row(tool, account, out);
    if (change->announce != NULL)
        change->announce(tool, change, account, out);
}

static enum status ask(struct tool *tool, const struct change *change,
                       const struct account *account)
{
    FILE *out = tool_wants_json(tool) ? stderr : stdout;
    char plan[128];

    if (tool_has(tool, OPTION_DRY_RUN)) {
        show(tool, change, account, out);
        if (change->preview != NULL)
            change->preview(tool, change, account, out);
        fprintf(out, "Would %s %s; nothing was changed.\n", change->plan, account->username);
        return STATUS_DONE;
    }
    if (!change->asks || tool_has(tool, OPTION_YES))
        return GO_ON;
    show(tool, change, account, out);
    snprintf(plan, sizeof plan, "%s this user", change->plan);
    if (change_is_confirmed(plan, out))
        return GO_ON;
    return tool_refuse(STATUS_NOT_CONFIRMED, "not confirmed; nothing was changed");
}

/* -- the change --------------------------------------------------------------------------- */

static enum status find(struct tool *tool, const struct change *change, struct account *ret)
{
    const char *name = tool->arguments.operand;
    enum store_result result = STORE_MISSING;

    if (tool->store != NULL)
        result = store_account_by_name(tool->store, name, ret);
    if (result == STORE_NOT_FOUND && change->new_name != NULL)
        result = store_account_by_former_name(tool->store, name, ret);
    return tool_store_status(tool, result, name);
}

static enum status check(struct tool *tool, const struct change *change,
                         const struct account *account)
{
    return change->check != NULL ? change->check(tool, change, account) : GO_ON;
}

/* In the transaction, on the record as it is now; `shown` is what was asked about. */
static enum status make(struct tool *tool, const struct change *change,
                        const struct account *shown, struct account *ret_before,
                        struct account *ret_after)
{
    const char *name = shown->username;
    enum store_result result = store_account_by_uid(tool->store, shown->uid, ret_before);
    enum status status = tool_store_status(tool, result, name);

    if (status == GO_ON)
        status = check(tool, change, ret_before);
    if (status == GO_ON)
        status = tool_store_status(tool, change->apply(tool, change, ret_before), name);
    if (status != GO_ON)
        return status;
    result = store_account_by_uid(tool->store, shown->uid, ret_after);
    if (result == STORE_NOT_FOUND) {
        ret_after->uid = 0;
        return change_commit(tool, change->event, ret_before, NULL, change->detail);
    }
    status = tool_store_status(tool, result, name);
    if (status == GO_ON)
        status = change_commit(tool, change->event, ret_before, ret_after, change->detail);
    return status;
}

static void say_outcome(const struct change *change, const struct account *account)
{
    if (change->outcome != NULL)
        printf("%s %s.\n", account->username, change->outcome);
}

/* Who does it to himself hears of it first: what follows ends the session he could read it in. */
static void finish(struct tool *tool, const struct change *change, const struct account *before,
                   const struct account *after)
{
    bool own = oneself_is(&tool->actor, before->uid, before->username);

    if (own)
        say_outcome(change, before);
    if (change->finish != NULL)
        change->finish(tool, change, before, after);
    if (!own)
        say_outcome(change, before);
}

static enum status carry_out(struct tool *tool, const struct change *change,
                             const struct account *shown)
{
    struct account before, after;
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = make(tool, change, shown, &before, &after);
    store_rollback(tool->store);
    tool_unlock(tool); /* ending sessions may take seconds, and nobody need wait for it */
    if (status == GO_ON && after.uid != 0 && strcmp(before.username, after.username) != 0)
        record_event(tool, change->event, &before); /* under both names, which are looked for */
    if (status == GO_ON)
        record_event(tool, change->event, after.uid != 0 ? &after : &before);
    if (status == GO_ON)
        finish(tool, change, &before, after.uid != 0 ? &after : NULL);
    change_release_signals();
    if (status == GO_ON && change->settle != NULL)
        change->settle(tool, change, &before, after.uid != 0 ? &after : NULL);
    explicit_bzero(&before, sizeof before);
    explicit_bzero(&after, sizeof after);
    return status;
}

enum status change_account(struct tool *tool, const struct change *change)
{
    struct account account = { 0 };
    enum status status = tool_open(tool);

    if (status == GO_ON)
        status = find(tool, change, &account);
    if (status != GO_ON)
        return status;
    status = check(tool, change, &account);
    if (status == GO_ON && change->look != NULL)
        status = change->look(tool, change, &account);
    if (status == GO_ON || status == STATUS_DONE)
        host_note_local(account.username);
    if (status == STATUS_DONE && change->again != NULL && !tool_has(tool, OPTION_DRY_RUN))
        change->again(tool, &account);
    if (status == GO_ON)
        status = ask(tool, change, &account);
    if (status == GO_ON)
        status = carry_out(tool, change, &account);
    explicit_bzero(account.hash, sizeof account.hash);
    return status == GO_ON ? STATUS_DONE : status;
}
