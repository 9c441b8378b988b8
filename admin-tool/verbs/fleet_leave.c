/*
 * fleet leave: this host follows nobody any more. The units end first, so that nothing comes in between; then, in one
 * transaction, the fleet's accounts are deleted or become accounts of here; then certificate and key go.
 */
#include "fleet_leave.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "host/fleet_folder.h"
#include "host/fleet_units.h"
#include "host/oneself.h"
#include "host/units.h"
#include "import/batch.h"
#include "import/gone.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "fleet_start.h"

enum { PAGE_SIZE = 64, SHOWN_MAX = 50, DETAIL_SIZE = FLEET_BASE_SIZE + 64 };

struct leaving {
    struct tool *tool;
    struct fleet fleet;
    int64_t accounts, shut;   /* of the fleet; those that it or this host has suspended */
    struct import_batch gone; /* those that are deleted */
};

static bool keeps(const struct leaving *work)
{
    return tool_has(work->tool, OPTION_KEEP_ACCOUNTS);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* -- who goes ----------------------------------------------------------------------------- */

static enum status add(struct leaving *work, uint32_t uid)
{
    struct import_record record = { 0 };
    enum store_result result = store_account_by_uid(work->tool->store, uid, &record.account);
    enum status status = tool_store_status(work->tool, result, "the account");

    explicit_bzero(record.account.hash, sizeof record.account.hash);
    if (status == GO_ON)
        status = oneself_check(work->tool, &record.account);
    if (status == GO_ON && !import_batch_add(&work->gone, &record, ROW_GONE))
        status = tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
    return status;
}

static enum status find_gone(struct leaving *work)
{
    uint32_t uids[PAGE_SIZE], after = 0;
    enum status status = GO_ON;
    size_t count = 1;

    while (status == GO_ON && count > 0) {
        status = tool_store_status(work->tool, store_fleet_uids(work->tool->store, after, uids, PAGE_SIZE, &count),
                                   "the fleet");
        for (size_t i = 0; status == GO_ON && i < count; i++)
            status = add(work, after = uids[i]);
    }
    return status;
}

static enum status count_accounts(struct leaving *work)
{
    struct fleet_counts counts = { 0 };
    enum status status = tool_store_status(work->tool, store_fleet_count(work->tool->store, &counts), "the fleet");

    work->accounts = counts.accounts;
    work->shut = counts.shut;
    return status;
}

/* -- before ------------------------------------------------------------------------------- */

/* Of more their number has to do. */
static void show(const struct leaving *work, FILE *out)
{
    struct account *accounts = work->gone.count > 0 && work->gone.count <= SHOWN_MAX
                                   ? calloc(work->gone.count, sizeof *accounts) : NULL;

    for (size_t i = 0; accounts != NULL && i < work->gone.count; i++)
        import_row_unpack(&work->gone.rows[i], &accounts[i]);
    if (accounts != NULL)
        print_account_rows(work->tool, accounts, work->gone.count, out);
    free(accounts);
}

static void write_plan(const struct leaving *work, char *ret, size_t size)
{
    snprintf(ret, size, "leave the fleet %s and %s its %lld account%s", work->fleet.base,
             keeps(work) ? "keep" : "delete", (long long)work->accounts, plural(work->accounts));
}

static enum status ask(struct leaving *work)
{
    FILE *out = answer_is_json() ? stderr : stdout;
    char plan[FLEET_BASE_SIZE + 96];

    write_plan(work, plan, sizeof plan);
    if (tool_has(work->tool, OPTION_DRY_RUN)) {
        if (!answer_is_json())
            show(work, stdout);
        gone_preview(&work->gone, stdout);
        printf("Would %s; nothing was changed.\n", plan);
        return STATUS_DONE;
    }
    if (tool_has(work->tool, OPTION_YES))
        return GO_ON;
    show(work, out);
    return confirm_change(plan, out);
}

/* -- leaving ------------------------------------------------------------------------------ */

/* In the transaction. What came in between is not deleted unasked, nor kept. */
static enum status check_same(struct leaving *work)
{
    int64_t before = work->accounts;
    enum status status = count_accounts(work);

    if (status != GO_ON || work->accounts == before)
        return status;
    return tool_refuse_as(KIND_BUSY, NULL, NULL, "accounts came or went meanwhile; end 'admin-tool follow' and run it again");
}

static enum status apply(struct leaving *work)
{
    struct tool *tool = work->tool;
    char detail[DETAIL_SIZE];
    enum status status = check_same(work);

    if (status == GO_ON)
        status = tool_store_status(tool, store_fleet_leave(tool->store), "the fleet");
    if (status == GO_ON)
        status = gone_make(&work->gone);
    if (status != GO_ON)
        return status;
    snprintf(detail, sizeof detail, "%s; its accounts %s: %lld", work->fleet.base, keeps(work) ? "kept" : "deleted",
             (long long)work->accounts);
    return change_commit(tool, "fleet-leave", NULL, NULL, detail);
}

static enum status commit(struct leaving *work)
{
    struct tool *tool = work->tool;
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status == GO_ON)
        status = apply(work);
    if (tool->store != NULL)
        store_rollback(tool->store);
    tool_unlock(tool);
    return status;
}

static void stop(struct leaving *work)
{
    if (units_are_here() && !fleet_units_stop())
        tool_complain(work->tool, FLEET_UNIT " could not be stopped; see 'systemctl status " FLEET_UNIT "'");
}

static void report(const struct leaving *work)
{
    record_event(work->tool, "fleet-leave", NULL);
    gone_record(&work->gone);
    answer_count(keeps(work) ? "kept" : "deleted", work->accounts);
    if (!fleet_folder_remove())
        tool_complain(work->tool, FLEET_FOLDER ": %s; it holds this host's key: remove it", strerror(errno));
    printf("This host is in no fleet any more; accounts %s: %lld.\n", keeps(work) ? "kept, and of here now" : "deleted",
           (long long)work->accounts);
    if (keeps(work) && work->shut > 0)
        printf("Suspended, until 'admin-tool users activate': %lld.\n", (long long)work->shut);
}

static enum status carry_out(struct leaving *work)
{
    enum status status;

    change_hold_signals();
    stop(work);
    status = commit(work);
    if (status == GO_ON) {
        report(work);
        gone_finish(&work->gone);
    }
    change_release_signals();
    if (status == GO_ON)
        gone_settle(&work->gone);
    else if (units_are_here())
        tool_refuse(GO_ON, "note: " FLEET_UNIT " is stopped");
    return status;
}

static enum status leave(struct leaving *work)
{
    enum status status = fleet_start_find(work->tool, &work->fleet);

    if (status == GO_ON)
        status = count_accounts(work);
    if (status == GO_ON && !keeps(work))
        status = find_gone(work);
    if (status == GO_ON)
        status = ask(work);
    if (status == GO_ON)
        status = carry_out(work);
    return status;
}

enum status fleet_leave(struct tool *tool)
{
    struct leaving work = { .tool = tool, .gone = { .tool = tool } };
    enum status status = tool_open(tool);

    answer_hear();
    if (status == GO_ON)
        status = leave(&work);
    import_batch_free(&work.gone);
    return status == GO_ON ? STATUS_DONE : status;
}
