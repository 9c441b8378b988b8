/*
 * All rows in one table, what follows for each, and one question.
 */
#include "question.h"

#include <stdio.h>
#include <stdlib.h>

#include "host/sessions.h"
#include "sql/account.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "answer_targets.h"

static bool is_due(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)tool;
    (void)change;
    return target->due;
}

static void show_rows(struct work *work, FILE *out)
{
    size_t count;
    struct account *accounts = work_choose(work, is_due, &count);

    if (count > 0)
        print_account_rows(work->tool, accounts, count, out);
    work_forget(accounts, count);
}

static void announce(struct work *work, bool previews, FILE *out)
{
    const struct change *change = &work->change;

    for (size_t i = 0; i < work->targets.count; i++) {
        const struct target *target = work_turn_to(work, i);

        if (target->due && change->announce != NULL)
            change->announce(work->tool, change, &target->before, out);
        if (target->due && previews && change->preview != NULL)
            change->preview(work->tool, change, &target->before, out);
    }
    answer_about(NULL);
}

static void preview_all(struct work *work)
{
    size_t count;
    struct account *accounts = work_choose(work, is_due, &count);

    if (work->change.preview_all != NULL && count > 0)
        work->change.preview_all(work->tool, &work->change, accounts, count, stdout);
    for (size_t i = 0; i < count; i++) {
        answer_about(accounts[i].username);
        printf("Would %s %s%s; nothing was changed.\n", work->change.plan, accounts[i].username,
               work->upward.entries != NULL ? " in the fleet" : "");
    }
    answer_about(NULL);
    work_forget(accounts, count);
}

static bool is_any(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)tool;
    (void)change;
    (void)target;
    return true;
}

/* What cannot be found out stays uncounted. */
static void count_running(struct work *work)
{
    size_t count;
    struct account *accounts = work_choose(work, is_any, &count);
    struct running *running = calloc(work->targets.count, sizeof *running);

    if (running != NULL && count > 0 && sessions_find(work->tool, accounts, count, running))
        for (size_t i = 0; i < count; i++) {
            work->targets.list[i].processes = running[i].count;
            work->targets.list[i].counted = true;
        }
    free(running);
    work_forget(accounts, count);
}

enum status question_rehearse(struct work *work)
{
    if (!answer_is_json())
        show_rows(work, stdout);
    announce(work, true, stdout);
    preview_all(work);
    if (answer_is_json())
        count_running(work);
    answer_targets(work->tool, &work->change);
    return STATUS_DONE;
}

enum status question_ask(struct work *work)
{
    FILE *out = answer_is_json() ? stderr : stdout;
    size_t due = targets_due(&work->targets);
    char plan[160];

    if (!work->change.asks || tool_has(work->tool, OPTION_YES))
        return GO_ON;
    show_rows(work, out);
    announce(work, false, out);
    if (due == 1)
        snprintf(plan, sizeof plan, "%s this user", work->change.plan);
    else
        snprintf(plan, sizeof plan, "%s these %zu users", work->change.plan, due);
    return confirm_change(plan, out);
}
