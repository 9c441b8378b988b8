/*
 * What is imported becomes accounts: one transaction, one publication, one row of the audit log each.
 * Passwords are hashed before it and on disk before it, and shown after it.
 */
#include "make.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "change/lock.h"
#include "change/publish_now.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/account.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "sql/store_keys.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "gone.h"
#include "hand_over.h"
#include "hash.h"
#include "make_fleet.h"
#include "passwords.h"
#include "take_over.h"
#include "uids.h"
#include "update.h"

/* -- ids ---------------------------------------------------------------------------------- */

/* Ids, the tool lock and a transaction. NSS may have to be asked about each id, which is done before it: whoever
 * was faster has made an account, so that this ends. They are looked at again in the transaction: a lock
 * for each would take long while others wait. */
static enum status begin_with_uids(struct import_batch *batch)
{
    enum store_result result = STORE_TAKEN;

    while (result == STORE_TAKEN) {
        enum status status = import_choose_uids(batch);

        if (status == GO_ON)
            status = tool_lock(batch->tool);
        if (status == GO_ON)
            status = change_begin(batch->tool); /* the policy of now: hashing took its time */
        if (status != GO_ON)
            return status;
        result = import_keep_uids(batch);
        if (result == STORE_TAKEN) {
            store_rollback(batch->tool->store);
            tool_unlock(batch->tool);
        }
    }
    return tool_store_status(batch->tool, result, "the ids taken");
}

/* -- making ------------------------------------------------------------------------------- */

/* Since it was staged: staging leaves the day of the last change, which is before it. */
static bool was_reset(const struct account *ours)
{
    return ours->temporary && ours->password_changed_at >= ours->created_at;
}

static enum store_result catch_up_password(struct tool *tool, const struct import_row *row,
                                           const struct account *ours)
{
    const char *hash = row->hash != NULL ? row->hash : "";
    bool differs = strcmp(hash, ours->hash) != 0;

    if (!differs && (ours->temporary || !row->temporary))
        return STORE_OK;
    if (!was_reset(ours))
        return store_account_set_password(tool->store, row->uid, hash, row->temporary,
                                          row->temporary_until, row->password_changed_at);
    tool_refuse(GO_ON, "note: the password of %s in /etc/shadow ends, that of 'admin-tool "
                "reset-password' is valid", ours->username);
    return STORE_OK;
}

/* The earlier one, be it an administrator's or the local line's; and how old a password may become unless one of
 * ours was told. */
static enum store_result catch_up_days(struct tool *tool, const struct import_row *row,
                                      const struct account *ours)
{
    struct account ended = *ours;
    enum store_result result;

    if (row->expires_at != 0 && (ours->expires_at == 0 || ours->expires_at > row->expires_at))
        ended.expires_at = row->expires_at;
    if (ours->password_max_days == 0)
        ended.password_max_days = row->password_max_days;
    result = store_account_edit(tool->store, &ended);
    explicit_bzero(ended.hash, sizeof ended.hash);
    return result;
}

static enum store_result catch_up_group(struct tool *tool, const struct import_row *row, const struct account *ours)
{
    struct account moved = *ours;
    enum store_result result = STORE_OK;

    moved.gid = row->gid != 0 ? row->gid : row->uid;
    if (moved.gid != ours->gid)
        result = store_account_replace(tool->store, &moved);
    explicit_bzero(moved.hash, sizeof moved.hash);
    return result;
}

/* Until now the local line decided: its primary group is kept, and its password goes on, unless an administrator gave
 * another one since, and so does its end. */
static enum store_result catch_up(struct tool *tool, const struct import_row *row,
                                  const struct account *ours)
{
    enum store_result result = catch_up_group(tool, row, ours);

    if (result == STORE_OK)
        result = catch_up_password(tool, row, ours);
    if (result == STORE_OK)
        result = catch_up_days(tool, row, ours);
    if (result == STORE_OK && row->status == ACCOUNT_SUSPENDED && ours->status == ACCOUNT_ACTIVE)
        result = store_account_set_status(tool->store, row->uid, ACCOUNT_SUSPENDED);
    return result;
}

/* Imported by an earlier run. */
static enum status take_up(struct tool *tool, const struct import_row *row)
{
    struct account before, after;
    enum store_result result = store_account_by_uid(tool->store, row->uid, &before);
    enum status status;

    if (result == STORE_OK)
        result = catch_up(tool, row, &before);
    if (result == STORE_OK) /* logins by the local line were none of ours */
        result = store_account_wake(tool->store, row->uid, tool->now);
    if (result == STORE_OK)
        result = store_account_by_uid(tool->store, row->uid, &after);
    status = tool_store_status(tool, result, import_row_name(row));
    if (status == GO_ON)
        status = change_append(tool, "take-over", &before, &after, NULL);
    explicit_bzero(&before, sizeof before);
    explicit_bzero(&after, sizeof after);
    return status;
}

/* Judged when they were read. */
static enum status add_keys(struct tool *tool, const struct account *account, char *text)
{
    char names[SSH_KEYS_NAMES_SIZE];
    struct ssh_key_set keys = { NULL, 0 };
    size_t line;
    enum status status;

    if (ssh_key_set_add_lines(&keys, text, &line) != NULL)
        status = tool_refuse(STATUS_FAILED, "not enough memory; nothing was imported");
    else
        status = tool_store_status(tool, store_keys_add(tool->store, account->uid, &keys, tool->now), account->username);
    ssh_key_set_names(&keys, names);
    if (status == GO_ON)
        status = change_append(tool, "key-add", account, account, names);
    ssh_key_set_free(&keys);
    return status;
}

static enum status insert(struct import_batch *batch, struct import_row *row)
{
    struct tool *tool = batch->tool;
    const char *detail = batch->source != NULL                ? NULL
                         : tool_has(tool, OPTION_TAKE_OVER) ? "taken over from /etc/passwd"
                                                              : "staged from /etc/passwd";
    struct account account;
    enum status status;

    if (row->kind == ROW_OURS)
        return take_up(tool, row);
    if (row->kind == ROW_CHANGE)
        return update_make(batch, row);
    if (row->kind == ROW_GONE)
        return GO_ON;
    import_row_unpack(row, &account);
    account.awake_since = tool->now; /* whenever it was created: here nobody could use it */
    status = tool_store_status(tool, row->returns ? store_account_return(tool->store, &account)
                                                  : store_account_insert(tool->store, &account),
                               account.username);
    if (status == GO_ON)
        status = change_append(tool, "import", NULL, &account, detail);
    if (status == GO_ON && row->keys != NULL)
        status = add_keys(tool, &account, row->keys);
    explicit_bzero(&account, sizeof account);
    return status;
}

static enum status insert_all(struct import_batch *batch)
{
    struct tool *tool = batch->tool;
    enum status status = update_check(batch);

    if (status == GO_ON)
        status = gone_make(batch);
    for (size_t i = 0; status == GO_ON && i < batch->count; i++)
        status = insert(batch, &batch->rows[i]);
    if (status == GO_ON)
        status = change_end(tool, NULL, NULL);
    return status;
}

static void log_all(const struct import_batch *batch)
{
    struct account account;

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].kind == ROW_CHANGE || batch->rows[i].kind == ROW_GONE)
            continue;
        import_row_unpack(&batch->rows[i], &account);
        record_event(batch->tool, batch->rows[i].kind == ROW_OURS ? "take-over" : "import",
                     &account);
    }
    explicit_bzero(&account, sizeof account);
}

static void remove_passwords(const struct import_batch *batch)
{
    const char *path = batch->tool->arguments.value[OPTION_PASSWORDS_TO];

    if (path != NULL)
        unlinkat(batch->tool->folder, path, 0);
}

/* Passwords first, and on disk: those of accounts that then were not made open nothing. */
static enum status write_passwords(const struct import_batch *batch, struct hand_over *ret)
{
    const char *path = batch->tool->arguments.value[OPTION_PASSWORDS_TO];
    enum status status = path != NULL ? import_passwords_to_file(batch, path) : GO_ON;

    if (status != GO_ON)
        return status;
    status = hand_over_write(batch, ret);
    if (status != GO_ON)
        remove_passwords(batch);
    return status;
}

/* Under the lock. */
static enum status commit_here(struct import_batch *batch)
{
    enum status status = begin_with_uids(batch);

    if (status == GO_ON)
        status = insert_all(batch);
    store_rollback(batch->tool->store);
    tool_unlock(batch->tool);
    return status;
}

/* identity: NULL: here. */
static enum status commit(struct import_batch *batch, struct fleet_identity *identity)
{
    struct hand_over texts = { .folder = -1 };
    enum status status = write_passwords(batch, &texts);

    if (status != GO_ON)
        return status;
    status = identity != NULL ? make_fleet(batch, identity) : commit_here(batch);
    if (status != GO_ON) {
        remove_passwords(batch);
        hand_over_remove(batch, &texts);
    }
    hand_over_close(&texts);
    if (status == GO_ON)
        hand_over_note(batch);
    return status;
}

/* Standard output is the passwords' unless they went elsewhere. */
static void report(struct import_batch *batch)
{
    const char *path = batch->tool->arguments.value[OPTION_PASSWORDS_TO];
    const char *folder = batch->tool->arguments.value[OPTION_HAND_OVER_TO];
    size_t count = import_count_new(batch), changed = update_count(batch);
    char text[96];

    snprintf(text, sizeof text, "%zu account%s", count, count == 1 ? "" : "s");
    if (changed > 0)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", changed %zu", changed);
    answer_count("imported", (int64_t)count);
    answer_count("updated", (int64_t)changed);
    if (path == NULL && folder == NULL) {
        import_passwords_print(batch);
        tool_refuse(GO_ON, "imported %s", text);
        return;
    }
    printf("Imported %s", text);
    if (path != NULL && batch->count > 0)
        printf("; the temporary passwords are in %s", path);
    if (folder != NULL && count > 0)
        printf("; the texts to hand over are in %s", folder);
    puts(".");
}

enum status import_make(struct import_batch *batch)
{
    struct fleet_identity identity = { .secret = NULL };
    enum status status;
    bool is_here;

    if (batch->count == 0 && batch->source != NULL) { /* all is so already; of /etc/passwd lines may be left over */
        report(batch);
        update_finish_again(batch);
        return GO_ON;
    }
    status = make_fleet_identify(batch, &identity);
    is_here = status == STATUS_DONE;
    if (status == GO_ON || is_here)
        status = import_make_passwords(batch);
    if (status != GO_ON) {
        fleet_identity_forget(&identity);
        return status;
    }
    change_hold_signals();
    status = commit(batch, is_here ? NULL : &identity);
    fleet_identity_forget(&identity);
    if (status == GO_ON) {
        log_all(batch);
        update_record(batch);
        gone_record(batch);
        if (batch->report != NULL)
            batch->report(batch);
        else
            report(batch);
        update_finish(batch);
        update_finish_again(batch);
        gone_finish(batch);
    }
    if (status == GO_ON && tool_has(batch->tool, OPTION_TAKE_OVER)) {
        take_over(batch);
        status = publish_if_due(batch->tool); /* private groups, which were local ones until now */
    }
    change_release_signals();
    if (status == GO_ON) {
        update_settle(batch);
        gone_settle(batch);
    }
    return status;
}
