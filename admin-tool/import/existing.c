/*
 * A line of a file about somebody who has an account here: the same sheet comes again, with some more in it. Nothing is
 * changed unasked, and a name that two persons share is never taken for one.
 */
#include "existing.h"

#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "sql/ascii.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "check.h"
#include "difference.h"
#include "record.h"

/* The store compares e-mail so. */
static bool is_same_address(const char *one, const char *other)
{
    while (*one != '\0' && ascii_lower(*one) == ascii_lower(*other)) {
        one++;
        other++;
    }
    return *one == '\0' && *other == '\0';
}

/* -- what the options make of it ---------------------------------------------------------- */

static bool refuse(char ret_reason[IMPORT_REASON_SIZE], const struct account *present)
{
    snprintf(ret_reason, IMPORT_REASON_SIZE, "%s is taken by an account of this store; --skip-existing passes it over, "
             "--update changes it", present->username);
    return false;
}

static bool skip(struct import_batch *batch, const struct import_record *record, const struct account *present,
                 char ret_reason[IMPORT_REASON_SIZE])
{
    if (!is_same_address(record->account.email, present->email)) {
        snprintf(ret_reason, IMPORT_REASON_SIZE, "%s is an account of this store with another e-mail address, %s: give "
                 "the line another username if it is somebody else", present->username,
                 present->email[0] != '\0' ? present->email : "none");
        return false;
    }
    if (!import_claim_record(batch, &record->account, record->line, ret_reason))
        return false;
    batch->passed++;
    return true;
}

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was imported");
}

/* What is to change goes into the batch. */
static enum status add_change(struct import_batch *batch, const struct import_record *record,
                              const struct account *present)
{
    struct import_record changed = *record;
    bool added;

    changed.account.uid = present->uid;
    added = import_batch_add(batch, &changed, ROW_CHANGE);
    explicit_bzero(&changed, sizeof changed);
    return added ? GO_ON : refuse_memory();
}

/* REFUSED with the reason; OK and *ret_due: there is something to do. */
static enum store_result judge(struct import_batch *batch, const struct import_record *record,
                               const struct account *present, bool *ret_due, char ret_reason[IMPORT_REASON_SIZE])
{
    struct difference difference;
    enum store_result result = difference_find(batch->tool->store, present, &record->account, record->keys,
                                               record->scopes, record->given, &difference, ret_reason);

    if (result == STORE_OK && !(difference_is_allowed(present, &difference, batch->fleet, ret_reason) &&
                                import_claim_record(batch, &record->account, record->line, ret_reason)))
        result = STORE_REFUSED;
    *ret_due = difference.columns != 0;
    difference_free(&difference);
    return result;
}

static enum status update(struct import_batch *batch, const struct import_record *record,
                          const struct account *present)
{
    char reason[IMPORT_REASON_SIZE] = "";
    bool due = false;
    enum store_result result = judge(batch, record, present, &due, reason);

    if (result == STORE_REFUSED)
        import_batch_refuse(batch, record->line, NULL, reason);
    else if (result != STORE_OK)
        return tool_store_status(batch->tool, result, present->username);
    else if (due)
        return add_change(batch, record, present);
    else if (!import_batch_pass(batch, present, record->given))
        return refuse_memory();
    return GO_ON;
}

static enum status take(struct import_batch *batch, const struct import_record *record, const struct account *present)
{
    char reason[IMPORT_REASON_SIZE] = "";

    if (tool_has(batch->tool, OPTION_UPDATE))
        return update(batch, record, present);
    if (!(tool_has(batch->tool, OPTION_SKIP_EXISTING) ? skip(batch, record, present, reason)
                                                      : refuse(reason, present)))
        import_batch_refuse(batch, record->line, NULL, reason);
    return GO_ON;
}

/* A new one with the uid of one of ours. */
static enum store_result refuse_uid(struct import_batch *batch, const struct import_record *record, bool *ret_done)
{
    char reason[IMPORT_REASON_SIZE];
    struct account owner = { 0 };
    enum store_result result = record->account.uid == 0 ? STORE_NOT_FOUND
                               : store_account_by_uid(batch->tool->store, record->account.uid, &owner);

    if (result == STORE_OK) {
        snprintf(reason, sizeof reason, "uid %u is taken by %s, an account of this store", owner.uid, owner.username);
        import_batch_refuse(batch, record->line, NULL, reason);
        *ret_done = true;
    }
    explicit_bzero(&owner, sizeof owner);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum status existing_take(struct import_batch *batch, const struct import_record *record, bool *ret_done)
{
    struct account present = { 0 };
    enum store_result result = STORE_OK;
    enum status status = GO_ON;

    *ret_done = false;
    if (batch->tool->store == NULL)
        return GO_ON;
    result = store_account_by_name(batch->tool->store, record->account.username, &present);
    if (result == STORE_OK) {
        *ret_done = true;
        status = take(batch, record, &present);
    } else if (result == STORE_NOT_FOUND) {
        status = tool_store_status(batch->tool, refuse_uid(batch, record, ret_done), "the store");
    } else {
        status = tool_store_status(batch->tool, result, "the store");
    }
    explicit_bzero(&present, sizeof present);
    return status;
}

void existing_note(const struct import_batch *batch)
{
    bool updates = tool_has(batch->tool, OPTION_UPDATE);

    if (batch->passed == 1)
        tool_refuse(GO_ON, "note: 1 account is %s", updates ? "up to date already" : "here already and is passed over");
    else if (batch->passed > 1)
        tool_refuse(GO_ON, "note: %zu accounts are %s", batch->passed,
                    updates ? "up to date already" : "here already and are passed over");
}
