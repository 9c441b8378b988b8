/*
 * Homes and subordinate ids for many: a local account has its own already. What cannot be had for one account is
 * said of that one; what no account would get is said once.
 */
#include "equip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/transaction.h"
#include "host/home.h"
#include "host/home_owner.h"
#include "host/subids.h"
#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/progress.h"
#include "terminal/say.h"
#include "batch.h"

static void make_homes(struct import_batch *batch)
{
    struct progress progress = { .what = "homes made", .total = import_count_new(batch),
                                 .wanted = tool_has(batch->tool, OPTION_PROGRESS) };
    struct account account = { 0 };
    size_t done = 0;

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].kind != ROW_NEW || batch->rows[i].late)
            continue;
        progress_step(&progress, done++);
        import_row_unpack(&batch->rows[i], &account);
        change_hold_signals(); /* no home is left half made */
        if (!home_is_there(account.home))
            home_make(batch->tool, &account);
        change_release_signals();
    }
    explicit_bzero(&account, sizeof account);
}

static void give_subids(struct import_batch *batch)
{
    struct subid_owner *owners = calloc(batch->count, sizeof *owners);
    size_t count = 0;

    if (owners == NULL) {
        tool_complain(batch->tool, "all are imported, but have no subordinate ids: not enough memory");
        return;
    }
    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].kind == ROW_NEW && !batch->rows[i].service && !batch->rows[i].late)
            owners[count++] = (struct subid_owner){ .name = import_row_name(&batch->rows[i]),
                                                    .uid = batch->rows[i].uid };
    change_hold_signals();
    subids_give(batch->tool, owners, count);
    change_release_signals();
    free(owners);
}

void import_equip(struct import_batch *batch)
{
    if (import_count_new(batch) == 0 || batch->source == NULL)
        return;
    if (!tool_has(batch->tool, OPTION_NO_SUBIDS))
        give_subids(batch);
    if (!tool_has(batch->tool, OPTION_NO_CREATE_HOME))
        make_homes(batch);
}

void import_equip_preview(const struct import_batch *batch)
{
    struct account account = { 0 };
    size_t count = 0;

    if (batch->source == NULL)
        return;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].kind != ROW_NEW)
            continue;
        import_row_unpack(&batch->rows[i], &account);
        count += !home_is_nobodys(account.home) && !home_is_there(account.home);
    }
    explicit_bzero(&account, sizeof account);
    if (count > 0 && !tool_has(batch->tool, OPTION_NO_CREATE_HOME))
        printf("Would make %zu home%s.\n", count, count == 1 ? "" : "s");
    if (!tool_has(batch->tool, OPTION_NO_SUBIDS))
        subids_preview_give(import_count_new(batch), stdout);
}
