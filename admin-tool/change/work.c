/*
 * Turning from one account to the next, and to several at once.
 */
#include "work.h"

#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "terminal/answer.h"

struct target *work_turn_to(struct work *work, size_t i)
{
    work->change.nth = i;
    answer_about(work->targets.list[i].before.username);
    return &work->targets.list[i];
}

struct account *work_choose(struct work *work, work_meant *is_meant, size_t *ret_count)
{
    struct account *accounts = calloc(work->targets.count, sizeof *accounts);

    *ret_count = 0;
    for (size_t i = 0; accounts != NULL && i < work->targets.count; i++) {
        const struct target *target = work_turn_to(work, i);

        if (is_meant(work->tool, &work->change, target))
            accounts[(*ret_count)++] = target->changed && target->after.uid != 0 ? target->after : target->before;
    }
    answer_about(NULL);
    return accounts;
}

void work_forget(struct account *accounts, size_t count)
{
    if (accounts != NULL)
        explicit_bzero(accounts, count * sizeof *accounts);
    free(accounts);
}
