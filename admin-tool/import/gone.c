/*
 * Accounts that a file does not have any more: deleted in its transaction, and then followed up one by one, as users
 * delete does.
 */
#include "gone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/record.h"
#include "change/transaction.h"
#include "host/leftovers.h"
#include "host/local_groups.h"
#include "host/sessions.h"
#include "host/setid.h"
#include "host/subids.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"

size_t gone_count(const struct import_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->rows[i].kind == ROW_GONE;
    return count;
}

/* -- the change --------------------------------------------------------------------------- */

/* Only the one that was asked about: another name may be in the file. */
static enum status delete(struct tool *tool, const struct import_row *row)
{
    const char *name = import_row_name(row);
    struct account present = { 0 };
    enum store_result result = store_account_by_uid(tool->store, row->uid, &present);
    enum status status;

    if (result == STORE_NOT_FOUND || (result == STORE_OK && strcmp(present.username, name) != 0))
        result = STORE_LOST;
    if (result == STORE_OK)
        result = store_account_delete(tool->store, row->uid);
    status = tool_store_status(tool, result, name);
    if (status == GO_ON)
        status = change_append(tool, "delete", &present, NULL, NULL);
    explicit_bzero(&present, sizeof present);
    return status;
}

enum status gone_make(const struct import_batch *batch)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < batch->count; i++)
        if (batch->rows[i].kind == ROW_GONE)
            status = delete(batch->tool, &batch->rows[i]);
    return status;
}

/* -- what follows ------------------------------------------------------------------------- */

/* As they were, side by side, for free(3). NULL when memory is short. */
static struct account *unpack_gone(const struct import_batch *batch, size_t *ret_count)
{
    struct account *accounts = calloc(batch->count + 1, sizeof *accounts);

    *ret_count = 0;
    for (size_t i = 0; accounts != NULL && i < batch->count; i++)
        if (batch->rows[i].kind == ROW_GONE)
            import_row_unpack(&batch->rows[i], &accounts[(*ret_count)++]);
    if (accounts == NULL)
        tool_complain(batch->tool, "not enough memory for what follows the deletion; see 'admin-tool check'");
    return accounts;
}

void gone_record(const struct import_batch *batch)
{
    size_t count;
    struct account *accounts = unpack_gone(batch, &count);

    for (size_t i = 0; i < count; i++)
        record_event(batch->tool, "delete", &accounts[i]);
    free(accounts);
}

/* The subordinate ids last: what runs under them is found by them. */
void gone_finish(const struct import_batch *batch)
{
    size_t count;
    struct account *accounts = unpack_gone(batch, &count);

    sessions_end(batch->tool, accounts, count);
    for (size_t i = 0; i < count; i++) {
        local_groups_leave(batch->tool, &accounts[i]);
        subids_take_back(batch->tool, &accounts[i]);
    }
    free(accounts);
}

static void advise(const struct account *account, char ret[SETID_COMMAND_SIZE])
{
    setid_command(account->home, SEARCH_WRITABLE, account->uid, ret);
}

void gone_settle(const struct import_batch *batch)
{
    size_t count;
    struct account *accounts = unpack_gone(batch, &count);

    if (count > 0) {
        leftovers_print(accounts, count, false, stdout);
        setid_settle(batch->tool, accounts, count, true, advise);
    }
    free(accounts);
}

void gone_preview(const struct import_batch *batch, FILE *out)
{
    size_t count;
    struct account *accounts = unpack_gone(batch, &count);

    for (size_t i = 0; i < count; i++) {
        local_groups_preview(batch->tool, &accounts[i], out);
        subids_preview_take_back(&accounts[i], out);
    }
    free(accounts);
}
