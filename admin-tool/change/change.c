/*
 * One change: find, check, ask, and only then lock, begin, look again, change, audit, prepare the publication, commit,
 * publish. Nothing is asked in the transaction, and what is said there is written after it (process.c).
 */
#include "change.h"

#include <stdio.h>
#include <string.h>

#include "host/local_users.h"
#include "host/oneself.h"
#include "host/sessions.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "answer_targets.h"
#include "fleet_account.h"
#include "lock.h"
#include "question.h"
#include "ready.h"
#include "record.h"
#include "transaction.h"
#include "upward.h"
#include "work.h"

/* -- before the question ------------------------------------------------------------------ */

static enum status check(struct work *work, const struct account *account)
{
    const struct change *change = &work->change;

    return change->check != NULL ? change->check(work->tool, change, account) : GO_ON;
}

/* STATUS_DONE: nothing is to be done about this one. */
static enum status look_at(struct work *work, struct target *target)
{
    const struct change *change = &work->change;
    enum status status = check(work, &target->before);

    if (status == GO_ON && change->look != NULL)
        status = change->look(work->tool, change, &target->before);
    if (status == GO_ON || status == STATUS_DONE)
        host_note_local(target->before.username);
    target->due = status == GO_ON;
    return status == STATUS_DONE ? GO_ON : status;
}

static enum status look_at_all(struct work *work)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < work->targets.count; i++)
        status = look_at(work, work_turn_to(work, i));
    answer_about(NULL);
    return status;
}

/* -- the change --------------------------------------------------------------------------- */

/* In the transaction, on the record as it is now. */
static enum status make(struct work *work, struct target *target)
{
    struct tool *tool = work->tool;
    const struct change *change = &work->change;
    uint32_t uid = target->before.uid;
    char name[ACCOUNT_NAME_SIZE];
    enum store_result result;
    enum status status;

    memcpy(name, target->before.username, sizeof name);
    status = tool_store_status(tool, store_account_by_uid(tool->store, uid, &target->before), name);
    if (status == GO_ON && !work->change.here)
        status = fleet_account_refuse(work->tool, &target->before); /* it came from there meanwhile */
    if (status == GO_ON)
        status = check(work, &target->before);
    if (status == STATUS_DONE) /* somebody else did it meanwhile */
        target->due = false;
    if (status == GO_ON)
        status = tool_store_status(tool, change->apply(tool, change, &target->before), name);
    if (status != GO_ON)
        return status;
    result = store_account_by_uid(tool->store, uid, &target->after);
    if (result == STORE_NOT_FOUND)
        target->after.uid = 0;
    else
        status = tool_store_status(tool, result, name);
    if (status == GO_ON)
        status = change_append(tool, change->event, &target->before, target->after.uid != 0 ? &target->after : NULL,
                               change->detail);
    target->changed = status == GO_ON;
    return status;
}

/* The only one that is to be changed, of whom the publication need be told; NULL: there are several. */
static const struct target *only_one(const struct targets *targets)
{
    const struct target *only = NULL;

    for (size_t i = 0; i < targets->count; i++) {
        if (targets->list[i].changed && only != NULL)
            return NULL;
        if (targets->list[i].changed)
            only = &targets->list[i];
    }
    return only;
}

static enum status make_all(struct work *work)
{
    const struct target *only;
    enum status status = GO_ON;
    size_t changed = 0;

    for (size_t i = 0; status == GO_ON && i < work->targets.count; i++) {
        struct target *target = work_turn_to(work, i);

        if (target->due)
            status = make(work, target);
        if (status == STATUS_DONE)
            status = GO_ON;
        changed += target->changed;
    }
    answer_about(NULL);
    if (status == GO_ON && changed == 0)
        return STATUS_DONE;
    only = only_one(&work->targets);
    if (status == GO_ON && only != NULL)
        return change_end(work->tool, &only->before, only->after.uid != 0 ? &only->after : NULL);
    return status == GO_ON ? change_end(work->tool, NULL, NULL) : status;
}

/* -- what follows ------------------------------------------------------------------------- */

static void record(struct work *work, const struct target *target)
{
    const char *event = work->change.event;
    bool gone = target->after.uid == 0;

    if (!gone && strcmp(target->before.username, target->after.username) != 0)
        record_event(work->tool, event, &target->before); /* under both names, which are looked for */
    record_event(work->tool, event, gone ? &target->before : &target->after);
}

static bool is_own(const struct work *work, const struct target *target)
{
    return oneself_is(&work->tool->actor, target->before.uid, target->before.username);
}

static void say_outcome(struct work *work, const struct target *target)
{
    if (work->change.outcome != NULL)
        printf("%s %s.\n", target->before.username, work->change.outcome);
}

/* What this host has not heard of yet is not told as if it were so; but a password that nobody else has is. */
static bool is_untold(const struct work *work)
{
    return upward_is_late(work->change.upward, work->change.nth) && work->change.more == NULL;
}

/* Who does it to himself hears of it first: what follows ends the session he could read it in. For others nobody
 * waits who reads slowly. */
static void finish(struct work *work, const struct target *target)
{
    const struct change *change = &work->change;

    if (is_untold(work))
        return;
    if (is_own(work, target))
        say_outcome(work, target);
    if (change->finish != NULL)
        change->finish(work->tool, change, &target->before, target->after.uid != 0 ? &target->after : NULL);
}

/* In one go for all whom `is_meant` names. */
static void do_for_all(struct work *work, work_meant *is_meant,
                       void (*step)(struct tool *tool, const struct change *change, const struct account *accounts,
                                    size_t count))
{
    size_t count;
    struct account *accounts = work_choose(work, is_meant, &count);

    if (accounts == NULL)
        tool_complain(work->tool, "not enough memory for what follows the change; run it again");
    else if (count > 0)
        step(work->tool, &work->change, accounts, count);
    answer_about(NULL);
    work_forget(accounts, count);
}

static void end_sessions(struct tool *tool, const struct change *change, const struct account *accounts, size_t count)
{
    (void)change;
    sessions_end(tool, accounts, count);
}

static void follow(struct work *work, const struct target *target)
{
    const struct change *change = &work->change;

    if (is_untold(work))
        return;
    if (!is_own(work, target))
        say_outcome(work, target);
    if (change->follow != NULL)
        change->follow(work->tool, change, &target->before, target->after.uid != 0 ? &target->after : NULL);
}

static bool is_changed(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)tool;
    return target->changed && !upward_is_late(change->upward, change->nth);
}

static void settle(struct work *work)
{
    const struct change *change = &work->change;

    if (change->settle != NULL)
        do_for_all(work, change->settles != NULL ? change->settles : is_changed, change->settle);
}

/* For each that was changed. */
static void for_each(struct work *work, void (*step)(struct work *work, const struct target *target))
{
    for (size_t i = 0; i < work->targets.count; i++) {
        const struct target *target = work_turn_to(work, i);

        if (target->changed)
            step(work, target);
    }
    answer_about(NULL);
}

/* For those who are so already. */
static void do_again(struct work *work)
{
    for (size_t i = 0; i < work->targets.count; i++) {
        const struct target *target = work_turn_to(work, i);

        if (!target->changed && work->change.again != NULL)
            work->change.again(work->tool, &target->before);
    }
    answer_about(NULL);
}

static void forget_made(struct targets *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        targets->list[i].changed = false;
}

/* Under the lock. */
static enum status commit(struct work *work)
{
    struct tool *tool = work->tool;
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status != GO_ON)
        return status;
    status = make_all(work);
    store_rollback(tool->store);
    tool_unlock(tool); /* ending sessions may take seconds, and nobody need wait for it */
    if (status != GO_ON)
        forget_made(&work->targets);
    return status == STATUS_DONE ? GO_ON : status;
}

/* What is known now is said before sessions end: our own may be among them. */
static void carry_through(struct work *work)
{
    for_each(work, record);
    for_each(work, finish);
    if (work->change.more != NULL) {
        upward_say(work);
        answer_targets(work->tool, &work->change);
    }
    if (work->change.ends != NULL)
        do_for_all(work, work->change.ends, end_sessions);
    for_each(work, follow);
    if (work->change.more == NULL)
        upward_say(work);
}

static enum status carry_out(struct work *work)
{
    enum status status = GO_ON;

    bool due = targets_due(&work->targets) > 0, upward = work->upward.entries != NULL;

    if (due && upward)
        status = upward_identify(work);
    if (status == GO_ON && due && work->change.prepare != NULL)
        status = work->change.prepare(work->tool, &work->change);
    if (status != GO_ON)
        return status;
    change_hold_signals();
    if (due)
        status = upward ? upward_commit(work) : commit(work);
    fleet_identity_forget(&work->upward.identity);
    if (status == GO_ON)
        carry_through(work);
    change_release_signals();
    if (status == GO_ON)
        settle(work);
    if (status == GO_ON)
        do_again(work);
    return status;
}

/* -- all of it ---------------------------------------------------------------------------- */

static enum status run(struct work *work)
{
    enum status status;

    answer_hear();
    status = look_at_all(work);
    if (status == GO_ON && tool_has(work->tool, OPTION_DRY_RUN))
        return question_rehearse(work);
    if (status == GO_ON && targets_due(&work->targets) > 0)
        status = question_ask(work);
    if (status == GO_ON)
        status = carry_out(work);
    if (status == GO_ON && work->change.more == NULL)
        answer_targets(work->tool, &work->change);
    return status;
}

static enum status change_named(struct tool *tool, const struct change *change, size_t count)
{
    struct work work = { .tool = tool, .change = *change };
    enum status status = tool_open(tool);

    if (status == GO_ON)
        status = targets_find(tool, tool->arguments.operands, count, change->new_name != NULL, &work.targets);
    work.change.among = &work.targets;
    if (status == GO_ON)
        status = upward_begin(&work);
    if (status == GO_ON)
        status = run(&work);
    upward_end(&work);
    targets_free(&work.targets);
    return status == GO_ON ? STATUS_DONE : status;
}

enum status change_account(struct tool *tool, const struct change *change)
{
    return change_named(tool, change, 1);
}

enum status change_accounts(struct tool *tool, const struct change *change)
{
    const struct arguments *arguments = &tool->arguments;

    if (change->asks && strcmp(arguments->operand, "-") == 0 && !tool_has(tool, OPTION_YES) &&
        !tool_has(tool, OPTION_DRY_RUN))
        return tool_refuse_as(KIND_MISSING, "yes", NULL, "missing: --yes; standard input has the names and cannot answer");
    return change_named(tool, change, arguments->operand_count - change->behind);
}
