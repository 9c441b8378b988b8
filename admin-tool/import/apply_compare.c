/*
 * The lines of users apply against the store: whom they make, whom they change, and who is in none of them. A line may
 * say a part of an account that is there, and must say all that users import needs of one that is not.
 */
#include "apply_compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/defaults.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "check.h"
#include "claims.h"
#include "difference.h"
#include "host.h"
#include "record.h"

#define BIT(column) (1u << (column))

enum {
    PAGE_SIZE = 64,
    /* Of which no value means none; "no shell" and "no status" say nothing. */
    NONE_IS_MEANT = BIT(IMPORT_EMAIL) | BIT(IMPORT_FULL_NAME) | BIT(IMPORT_ROLES) | BIT(IMPORT_EXPIRES) |
                    BIT(IMPORT_MAX_DAYS) | BIT(IMPORT_KEYS),
    /* Of an account that is there a line says nothing more. */
    OF_NEW_ONES = BIT(IMPORT_USERNAME) | BIT(IMPORT_CREATED) | BIT(IMPORT_HASH) | BIT(IMPORT_MUST_CHANGE) |
                  BIT(IMPORT_PASSWORD_EXPIRES) | BIT(IMPORT_PASSWORD_CHANGED)
};

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
}

/* -- a line ------------------------------------------------------------------------------- */

enum status apply_take(struct import_batch *batch, struct import_record *record)
{
    char reason[IMPORT_REASON_SIZE] = "", missing[IMPORT_REASON_SIZE] = "";

    import_record_complete(record, missing); /* which counts for new ones alone, as the defaults do */
    defaults_fill(&batch->tool->policy, &record->account);
    record->given |= record->named & NONE_IS_MEANT;
    if (!import_claim_record(batch, &record->account, record->line, reason))
        import_batch_refuse(batch, record->line, NULL, reason);
    else if (!import_batch_add(batch, record, ROW_NEW))
        return refuse_memory();
    else
        import_batch_note_folded(batch, record);
    return GO_ON;
}

/* -- somebody who is there ---------------------------------------------------------------- */

/* In no line, and to be deleted: no file speaks for the fleet. */
static bool goes(const struct import_batch *batch, const struct account *account)
{
    return tool_has(batch->tool, OPTION_PRUNE) && !account->fleet &&
           claims_find(&batch->claims, CLAIM_ROW_NAME, account->username) == NULL;
}

/* The e-mail address of somebody who goes can be another's at once. */
static bool comes_free(const struct import_batch *batch, const char *email)
{
    struct account owner = { 0 };
    bool found = email[0] != '\0' && batch->tool->store != NULL &&
                 store_account_by_email(batch->tool->store, email, &owner) == STORE_OK;

    explicit_bzero(&owner.hash, sizeof owner.hash);
    return found && goes(batch, &owner);
}

static unsigned compared_columns(const struct import_batch *batch, const struct import_row *row,
                                 const struct account *wanted)
{
    unsigned columns = (row->given & ~(unsigned)OF_NEW_ONES) | DIFFERENCE_WHOLE;

    if ((columns & BIT(IMPORT_EMAIL)) != 0 && comes_free(batch, wanted->email))
        columns |= DIFFERENCE_EMAIL_FREE;
    return columns;
}

static enum status compare_present(struct import_batch *batch, struct import_row *row, const struct account *present,
                                   bool *ret_keep)
{
    char reason[IMPORT_REASON_SIZE] = "";
    struct difference difference;
    struct account wanted;
    enum store_result result;

    import_row_unpack(row, &wanted);
    row->kind = ROW_CHANGE;
    row->needs_password = false;
    row->given = compared_columns(batch, row, &wanted);
    row->uid = present->uid;
    result = difference_find(batch->tool->store, present, &wanted, row->keys, row->scopes, row->given, &difference,
                             reason);
    if (result == STORE_OK && !difference_is_allowed(present, &difference, batch->fleet, reason))
        result = STORE_REFUSED;
    row->changed = difference.columns;
    row->takes = difference_takes(present, &difference);
    *ret_keep = result == STORE_OK && row->changed != 0;
    if (result == STORE_OK && row->changed == 0 && !import_batch_pass(batch, present, row->given))
        result = STORE_FAILED;
    difference_free(&difference);
    explicit_bzero(&wanted, sizeof wanted);
    if (result != STORE_REFUSED)
        return tool_store_status(batch->tool, result, present->username);
    import_batch_refuse(batch, row->line, NULL, reason);
    return GO_ON;
}

/* -- somebody new ------------------------------------------------------------------------- */

/* What this machine has is read for the first of them. */
static enum status look_at_host(struct import_batch *batch, bool *is_read)
{
    enum status status = *is_read ? GO_ON : import_host_read(batch);

    if (status == GO_ON && !*is_read && batch->tool->store != NULL)
        status = import_claim_homes(batch);
    *is_read = true;
    return status;
}

/* False with the reason: an account of the store has the uid, under another name. */
static bool check_uid(const struct import_batch *batch, const struct account *account, char ret_reason[IMPORT_REASON_SIZE])
{
    struct account owner = { 0 };

    if (account->uid == 0 || batch->tool->store == NULL ||
        store_account_by_uid(batch->tool->store, account->uid, &owner) != STORE_OK)
        return true;
    explicit_bzero(owner.hash, sizeof owner.hash);
    return import_add_reason(ret_reason, "uid %u is that of %s; for another name see 'admin-tool users rename %s %s'",
                             owner.uid, owner.username, owner.username, account->username);
}

static enum store_result judge_new(struct import_batch *batch, struct import_row *row,
                                   char ret_reason[IMPORT_REASON_SIZE])
{
    struct import_record record = { .line = row->line, .given = row->given };
    enum store_result result = STORE_TAKEN;

    import_row_unpack(row, &record.account);
    record.account.uid = row->uid;
    if (row->scopes != NULL)
        snprintf(record.scopes, sizeof record.scopes, "%s", row->scopes);
    if (record.account.email[0] == '\0')
        record.given &= ~BIT(IMPORT_EMAIL);
    if (import_record_complete(&record, ret_reason) && check_uid(batch, &record.account, ret_reason) &&
        import_check_record(batch, &record, ROW_NEW, ret_reason)) {
        row->inherits = comes_free(batch, record.account.email);
        result = import_check_row(batch, row, ret_reason);
    }
    explicit_bzero(&record, sizeof record);
    return result;
}

static enum status compare_new(struct import_batch *batch, struct import_row *row, bool *ret_keep)
{
    char reason[IMPORT_REASON_SIZE] = "";
    enum store_result result = judge_new(batch, row, reason);

    *ret_keep = result == STORE_OK;
    if (result != STORE_TAKEN)
        return tool_store_status(batch->tool, result, import_row_name(row));
    import_batch_refuse(batch, row->line, NULL, reason);
    return GO_ON;
}

/* -- all of them -------------------------------------------------------------------------- */

static enum status compare_row(struct import_batch *batch, struct import_row *row, bool *is_read, bool *ret_keep)
{
    struct account present = { 0 };
    enum store_result result = STORE_NOT_FOUND;
    enum status status;

    if (batch->tool->store != NULL)
        result = store_account_by_name(batch->tool->store, import_row_name(row), &present);
    if (result == STORE_OK) {
        status = compare_present(batch, row, &present, ret_keep);
    } else if (result == STORE_NOT_FOUND) {
        status = look_at_host(batch, is_read);
        if (status == GO_ON)
            status = compare_new(batch, row, ret_keep);
    } else {
        status = tool_store_status(batch->tool, result, "the store");
    }
    explicit_bzero(&present, sizeof present);
    return status;
}

static enum status add_gone(struct import_batch *batch, const struct account *account)
{
    struct import_record record = { .account = *account };
    bool added;

    explicit_bzero(record.account.hash, sizeof record.account.hash);
    added = import_batch_add(batch, &record, ROW_GONE);
    return added ? GO_ON : refuse_memory();
}

static enum status find_gone(struct import_batch *batch)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = GO_ON;
    size_t count = 1;
    uint32_t after = 0;

    if (page == NULL)
        return refuse_memory();
    while (status == GO_ON && count > 0) {
        status = tool_store_status(batch->tool, store_accounts_page(batch->tool->store, after, page, PAGE_SIZE, &count),
                                   "the store");
        for (size_t i = 0; status == GO_ON && i < count; i++) {
            after = page[i].uid;
            if (goes(batch, &page[i]))
                status = add_gone(batch, &page[i]);
        }
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return status;
}

enum status apply_compare(struct import_batch *batch)
{
    enum status status = GO_ON;
    bool is_read = false;
    size_t kept = 0;

    for (size_t i = 0; i < batch->count; i++) {
        struct import_row row = batch->rows[i];
        bool keep = false;

        if (status == GO_ON)
            status = compare_row(batch, &row, &is_read, &keep);
        if (keep)
            batch->rows[kept++] = row;
        else
            import_row_free(&row);
    }
    batch->count = kept;
    if (status == GO_ON && tool_has(batch->tool, OPTION_PRUNE) && batch->tool->store != NULL)
        status = find_gone(batch);
    return status;
}
