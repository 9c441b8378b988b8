/*
 * The accounts of the fleet. What holds here, accounts.status, follows from these rows by the schema's own triggers.
 */
#include "store_fleet_accounts.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "store.h"

static const struct {
    const char *stored, *shown;
} words[] = { { "active", "active" }, { "suspended", "suspended" }, { "absent", "not here" } };

const char *store_fleet_status_name(enum fleet_status status)
{
    return words[status].shown;
}

/* Fail closed: what is none of the words is the last. */
static enum fleet_status parse_status(const char *text)
{
    enum fleet_status status = FLEET_ACTIVE;

    while (status < FLEET_ABSENT && strcmp(words[status].stored, text) != 0)
        status++;
    return status;
}

#define COLUMNS "SELECT uid, entry_uuid, status, here_suspended, reason, changed_by, csn, scopes FROM fleet_accounts"

static enum store_result read_row(sqlite3_stmt *row, struct fleet_account *ret)
{
    char status[16];
    enum store_result result = database_text(row, 2, status, sizeof status);

    if (result == STORE_OK)
        result = database_text(row, 1, ret->entry_uuid, sizeof ret->entry_uuid);
    if (result == STORE_OK)
        result = database_text(row, 4, ret->reason, sizeof ret->reason);
    if (result == STORE_OK)
        result = database_text(row, 5, ret->changed_by, sizeof ret->changed_by);
    if (result == STORE_OK)
        result = database_text(row, 6, ret->csn, sizeof ret->csn);
    if (result == STORE_OK)
        result = database_text(row, 7, ret->scopes, sizeof ret->scopes);
    if (result != STORE_OK)
        return result;
    ret->uid = (uint32_t)sqlite3_column_int64(row, 0);
    ret->status = parse_status(status);
    ret->here_suspended = sqlite3_column_int64(row, 3) != 0;
    return STORE_OK;
}

static enum store_result read_one(struct store *store, sqlite3_stmt *row, struct fleet_account *ret)
{
    int rc = row != NULL ? sqlite3_step(row) : sqlite3_extended_errcode(store->db);
    enum store_result result = rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);
    struct fleet_account account;

    if (result == STORE_OK)
        result = read_row(row, &account);
    database_finish(row);
    if (result == STORE_OK)
        *ret = account;
    return result;
}

enum store_result store_fleet_account(struct store *store, uint32_t uid, struct fleet_account *ret)
{
    return read_one(store, database_prepare(store->db, COLUMNS " WHERE uid = ?", "i", (int64_t)uid), ret);
}

enum store_result store_fleet_account_by_entry(struct store *store, const char *entry_uuid, struct fleet_account *ret)
{
    return read_one(store, database_prepare(store->db, COLUMNS " WHERE entry_uuid = ?", "t", entry_uuid), ret);
}

enum store_result store_fleet_suspend_here(struct store *store, uint32_t uid, bool suspended)
{
    enum store_result result = database_run(store->db, "UPDATE fleet_accounts SET here_suspended = ? WHERE uid = ?", "ii",
                                            (int64_t)suspended, (int64_t)uid);

    return result == STORE_OK && sqlite3_changes(store->db) == 0 ? STORE_NOT_FOUND : result;
}

static enum store_result read_uid(sqlite3_stmt *row, void *ret)
{
    *(uint32_t *)ret = (uint32_t)sqlite3_column_int64(row, 0);
    return STORE_OK;
}

enum store_result store_fleet_uids(struct store *store, uint32_t after, uint32_t *uids, size_t room, size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db, "SELECT uid FROM fleet_accounts WHERE uid > ? ORDER BY uid LIMIT ?",
                                         "ii", (int64_t)after, (int64_t)room);

    return database_page(store->db, row, read_uid, uids, sizeof *uids, room, ret);
}

/* -- on the way ---------------------------------------------------------------------------- */

enum store_result store_fleet_move(struct store *store, uint32_t uid, const char *entry_uuid)
{
    return database_run(store->db, "INSERT INTO fleet_moving VALUES (?1, ?2) ON CONFLICT DO UPDATE SET entry_uuid = ?2 WHERE ?2 <> ''",
                        "it", (int64_t)uid, entry_uuid);
}

enum store_result store_fleet_stay(struct store *store, uint32_t uid)
{
    return database_run(store->db, "DELETE FROM fleet_moving WHERE uid = ?", "i", (int64_t)uid);
}

enum store_result store_fleet_moving(struct store *store, uint32_t uid, char ret_entry[FLEET_UUID_SIZE])
{
    sqlite3_stmt *row = database_prepare(store->db, "SELECT entry_uuid FROM fleet_moving WHERE uid = ?", "i", (int64_t)uid);
    int rc = row != NULL ? sqlite3_step(row) : sqlite3_extended_errcode(store->db);
    enum store_result result = rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);

    if (result == STORE_OK)
        result = database_text(row, 0, ret_entry, FLEET_UUID_SIZE);
    database_finish(row);
    return result;
}

/* -- applying ------------------------------------------------------------------------------ */

#define SAID "itttittt", (int64_t)account->uid, account->entry_uuid, words[account->status].stored, account->reason, \
             vanished_at, account->csn, account->changed_by, account->scopes

enum store_result store_fleet_put(struct store *store, const struct fleet_account *account, int64_t vanished_at)
{
    static const char change[] =
        "UPDATE fleet_accounts SET status = ?3, reason = ?4, vanished_at = nullif(?5, 0), csn = ?6, changed_by = ?7,"
        " scopes = ?8"
        " WHERE uid = ?1 AND entry_uuid = ?2";
    enum store_result result = database_run(store->db, change, SAID);

    if (result != STORE_OK || sqlite3_changes(store->db) > 0)
        return result;
    result = database_run(store->db, "INSERT INTO fleet_accounts (uid, entry_uuid, status, reason, vanished_at, csn, changed_by, scopes)"
                          " VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7, ?8)", SAID);
    return result == STORE_OK ? database_run(store->db, change, SAID) : result; /* what follows from it is the update's */
}

enum store_result store_fleet_count_vanished(struct store *store, int64_t since, int64_t *ret_vanished, int64_t *ret_all)
{
    enum store_result result = database_number(store->db, ret_vanished,
        "SELECT (SELECT count(*) FROM fleet_accounts WHERE vanished_at > ?1)"
        " + (SELECT count(*) FROM fleet_held WHERE kind = 'gone' AND since > ?1)", "i", since);

    return result == STORE_OK ? database_number(store->db, ret_all, "SELECT count(*) FROM fleet_accounts", "") : result;
}

enum store_result store_fleet_forgive(struct store *store)
{
    return database_run(store->db, "UPDATE fleet_accounts SET vanished_at = NULL WHERE vanished_at IS NOT NULL", "");
}
