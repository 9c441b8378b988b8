/*
 * users import: many accounts in one transaction with one publication. Everything is read, checked,
 * asked and hashed before anything is locked; then all of it happens, or nothing.
 */
#include "import.h"

#include <stdio.h>
#include <string.h>

#include "change/ready.h"
#include "change/scope.h"
#include "host/defaults.h"
#include "host/local_users.h"
#include "sql/store.h"
#include "sql/store_files.h"
#include "terminal/answer.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/layout.h"
#include "terminal/page.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "ages.h"
#include "apply_show.h"
#include "batch.h"
#include "check.h"
#include "equip.h"
#include "existing.h"
#include "file.h"
#include "hand_over.h"
#include "host.h"
#include "make.h"
#include "make_fleet.h"
#include "passwd.h"
#include "record.h"
#include "take_over.h"
#include "uids.h"
#include "update.h"

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was imported");
}

/* -- reading ------------------------------------------------------------------------------ */

/* A good one: of somebody who has an account here, or who is to have one. */
static enum status take_record(struct import_batch *batch, struct import_record *record)
{
    char reason[IMPORT_REASON_SIZE] = "";
    bool done = false;
    enum status status = existing_take(batch, record, &done);

    if (status != GO_ON || done)
        return status;
    if (import_is_beyond(batch)) {
        batch->beyond += record->account.uid == 0;
        return GO_ON;
    }
    defaults_fill(&batch->tool->policy, &record->account);
    if (!import_record_complete(record, reason) || !import_check_record(batch, record, ROW_NEW, reason))
        import_batch_refuse(batch, record->line, NULL, reason);
    else if (!import_batch_add(batch, record, ROW_NEW))
        status = refuse_memory();
    else
        import_batch_note_folded(batch, record);
    return status;
}

static enum status check_usage(const struct tool *tool)
{
    bool skips = tool_has(tool, OPTION_SKIP_EXISTING), updates = tool_has(tool, OPTION_UPDATE);

    if (skips && updates)
        return tool_refuse(STATUS_USAGE, "--skip-existing and --update exclude each other");
    if ((skips || updates) && tool_has(tool, OPTION_FROM_PASSWD))
        return tool_refuse(STATUS_USAGE, "--skip-existing and --update go with a FILE; of /etc/passwd those who have an "
                           "account here are passed over anyway");
    if (tool_has(tool, OPTION_HAND_OVER_TO) && tool_has(tool, OPTION_FROM_PASSWD))
        return tool_refuse(STATUS_USAGE, "--hand-over-to goes with a FILE; users of /etc/passwd keep what they have");
    if (tool_has(tool, OPTION_FROM_PASSWD))
        return GO_ON;
    if (tool->arguments.operand_count != 1)
        return tool_refuse(STATUS_USAGE, "%s; see 'admin-tool users import --help'",
                           tool->arguments.operand_count == 0
                               ? "missing: FILE, or - for standard input"
                               : "one FILE at a time");
    if (tool_has(tool, OPTION_TAKE_OVER))
        return tool_refuse(STATUS_USAGE, "--take-over goes with --from-passwd");
    return GO_ON;
}

/* -- judging ------------------------------------------------------------------------------ */

/* Ours already, and nothing is to be taken over. */
static bool is_done(const struct import_batch *batch, const struct import_row *row)
{
    return row->kind == ROW_OURS && !tool_has(batch->tool, OPTION_TAKE_OVER);
}

/* Those that the store refuses leave the batch, and those with nothing left to do. */
static enum status check_store(struct import_batch *batch)
{
    char reason[IMPORT_REASON_SIZE] = "";
    enum store_result result = STORE_OK;
    size_t kept = 0;

    for (size_t i = 0; i < batch->count; i++) {
        struct import_row *row = &batch->rows[i];

        if (result == STORE_OK || result == STORE_TAKEN)
            result = import_check_row(batch, row, reason);
        if (result != STORE_TAKEN && !is_done(batch, row)) {
            batch->rows[kept++] = *row;
            continue;
        }
        if (result == STORE_TAKEN)
            import_batch_refuse(batch, row->line, import_row_name(row), reason);
        import_row_free(row);
    }
    batch->count = kept;
    return result == STORE_TAKEN ? GO_ON : tool_store_status(batch->tool, result, "the import");
}

static enum status judge(struct import_batch *batch)
{
    size_t good = batch->count + batch->passed;

    import_batch_tell_rest(batch);
    existing_note(batch);
    if (batch->bad == 0)
        return GO_ON;
    if (tool_has(batch->tool, OPTION_SKIP_BAD) && good > 0) {
        tool_complain(batch->tool, "%zu bad one%s skipped", batch->bad, batch->bad == 1 ? " is" : "s are");
        return GO_ON;
    }
    return tool_refuse(STATUS_REFUSED, "%zu of %zu %s bad, so nothing was imported; mend %s%s", batch->bad,
                       batch->bad + good, batch->bad == 1 ? "is" : "are", batch->bad == 1 ? "it" : "them", good > 0 ? ", or use --skip-bad" : "");
}

/* -- the command -------------------------------------------------------------------------- */

static void take_row(const struct import_batch *batch, const struct import_row *row, struct listing *ret)
{
    const struct tool *tool = batch->tool;

    import_row_unpack(row, &ret->account);
    ret->extra.state = account_state(&ret->account, &tool->policy, tool->now);
}

/* All that come in, as the list shows accounts; false when memory is short. */
static bool print_rows(struct import_batch *batch, const struct columns *columns)
{
    struct listing listing = { 0 };
    struct layout layout;
    struct page *page;
    bool added;

    print_columns_begin(columns, &layout);
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].kind == ROW_CHANGE)
            continue;
        take_row(batch, &batch->rows[i], &listing);
        print_columns_measure(columns, &listing, &layout);
    }
    layout_fit(&layout, terminal_width(stdout));
    page = page_new(&layout, true, stdout);
    added = page != NULL;
    for (size_t i = 0; added && i < batch->count; i++) {
        if (batch->rows[i].kind == ROW_CHANGE)
            continue;
        take_row(batch, &batch->rows[i], &listing);
        added = print_account_add(page, columns, &listing);
    }
    explicit_bzero(&listing, sizeof listing);
    if (added)
        page_end(page);
    else
        page_drop(page);
    return added;
}

static enum status preview(struct import_batch *batch)
{
    struct columns columns;
    size_t changes = update_count(batch);
    enum status status = import_choose_uids(batch);

    if (status != GO_ON)
        return status;
    print_parse_columns("username,uid,email,roles,status", &columns);
    if ((batch->count == 0 || changes < batch->count) && !print_rows(batch, &columns))
        return refuse_memory();
    status = update_preview(batch);
    if (status == GO_ON && answer_is_json())
        status = apply_add_plan(batch);
    if (status != GO_ON)
        return status;
    if (tool_has(batch->tool, OPTION_TAKE_OVER))
        printf("Would take over %zu of /etc/passwd.\n", batch->count);
    import_equip_preview(batch);
    hand_over_preview(batch);
    if (changes > 0)
        printf("Would change %zu.\n", changes);
    printf("Would import %zu; nothing was changed.\n", import_count_new(batch));
    return STATUS_DONE;
}

static enum status import(struct import_batch *batch)
{
    struct tool *tool = batch->tool;
    bool has_store = store_check_files(PRIVATE_DIR, "accounts.db") != STORE_MISSING;
    enum status status = check_usage(tool);

    if (status == GO_ON)
        status = import_host_read(batch);
    if (status == GO_ON && has_store)
        status = tool_open(tool); /* who is there already decides what a line means */
    batch->fleet = status == GO_ON && make_fleet_is_meant(batch);
    if (status == GO_ON)
        status = scope_check(tool);
    if (status == GO_ON)
        status = tool_has(tool, OPTION_FROM_PASSWD) ? import_passwd_read(batch)
                                                    : import_file_read(batch, tool_has(tool, OPTION_UPDATE) ? IMPORT_TAKES_PARTS : 0,
                                                                       take_record);
    if (status == GO_ON && import_is_beyond(batch))
        return import_choose_uids(batch); /* which tells so */
    if (status == GO_ON && batch->bad > 0 && !tool_has(tool, OPTION_SKIP_BAD) && !has_store)
        return judge(batch); /* before a store is made */
    if (status == GO_ON && !has_store)
        status = tool_open(tool);
    if (status == GO_ON && tool_has(tool, OPTION_TAKE_OVER))
        status = import_passwd_check_absent(batch);
    if (status == GO_ON && tool->store != NULL)
        status = import_claim_homes(batch);
    if (status == GO_ON)
        status = check_store(batch);
    if (status == GO_ON)
        ages_note(batch);
    if (status == GO_ON)
        status = judge(batch);
    if (status == GO_ON)
        status = update_check(batch);
    if (status != GO_ON)
        return status;
    if (update_count(batch) > 0)
        host_note_locals(tool);
    import_batch_date(batch);
    if (tool_has(tool, OPTION_DRY_RUN))
        return preview(batch);
    status = import_choose_uids(batch); /* too few are said before anybody answers or waits */
    if (status == GO_ON)
        status = tool_has(tool, OPTION_TAKE_OVER) ? take_over_confirm(batch) : update_confirm(batch);
    if (status == GO_ON)
        status = import_make(batch);
    if (status == GO_ON)
        import_equip(batch);
    return status;
}

enum status users_import(struct tool *tool)
{
    struct import_batch batch = { .tool = tool };
    enum status status;

    answer_hear();
    status = import(&batch);
    import_batch_free(&batch);
    return status == GO_ON ? STATUS_DONE : status;
}
