/*
 * All rows in one table, what follows for each, and one question.
 */
#include "question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "answer_targets.h"

static void show_rows(struct work *work, FILE *out)
{
    struct account *accounts = calloc(work->targets.count, sizeof *accounts);
    size_t count = 0;

    if (accounts == NULL)
        return;
    for (size_t i = 0; i < work->targets.count; i++)
        if (work->targets.list[i].due)
            accounts[count++] = work->targets.list[i].before;
    if (count > 0)
        print_account_rows(work->tool, accounts, count, out);
    explicit_bzero(accounts, work->targets.count * sizeof *accounts);
    free(accounts);
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
        if (target->due && previews)
            fprintf(out, "Would %s %s; nothing was changed.\n", change->plan, target->before.username);
    }
    answer_about(NULL);
}

enum status question_rehearse(struct work *work)
{
    if (!answer_is_json())
        show_rows(work, stdout);
    announce(work, true, stdout);
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
    if (change_is_confirmed(plan, out))
        return GO_ON;
    return tool_refuse(STATUS_NOT_CONFIRMED, "not confirmed; nothing was changed");
}
