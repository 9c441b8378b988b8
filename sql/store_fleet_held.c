/*
 * What is held, and what is still to be done. Both outlive the process that wrote them.
 */
#include "store_fleet_held.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "store.h"
#include "store_fleet_accounts.h"

static const char *const kinds[] = { "entry", "vanished", "remark" };

static enum fleet_held_kind parse_kind(const char *text)
{
    enum fleet_held_kind kind = HELD_ENTRY;

    while (kind < HELD_REMARK && strcmp(kinds[kind], text) != 0)
        kind++;
    return kind;
}

static enum store_result read_held(sqlite3_stmt *row, struct fleet_held *ret)
{
    char kind[16];
    enum store_result result = database_text(row, 0, ret->entry_uuid, sizeof ret->entry_uuid);

    if (result == STORE_OK)
        result = database_text(row, 1, kind, sizeof kind);
    if (result == STORE_OK)
        result = database_text(row, 2, ret->username, sizeof ret->username);
    if (result == STORE_OK)
        result = database_text(row, 3, ret->why, sizeof ret->why);
    if (result == STORE_OK)
        result = database_text(row, 5, ret->csn, sizeof ret->csn);
    if (result != STORE_OK)
        return result;
    ret->kind = parse_kind(kind);
    ret->since = sqlite3_column_int64(row, 4);
    return STORE_OK;
}

enum store_result store_fleet_held(struct store *store, const char *after, struct fleet_held *page, size_t size,
                                   size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT entry_uuid, kind, username, why, since, csn FROM fleet_held WHERE entry_uuid > ?"
        " ORDER BY entry_uuid LIMIT ?", "ti", after, (int64_t)size);
    enum store_result result = STORE_OK;
    size_t count = 0;
    int rc = SQLITE_DONE;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    while (result == STORE_OK && count < size && (rc = sqlite3_step(row)) == SQLITE_ROW)
        result = read_held(row, &page[count++]);
    database_finish(row);
    if (result == STORE_OK)
        result = database_result(rc);
    if (result == STORE_OK)
        *ret = count;
    return result;
}

enum store_result store_fleet_hold(struct store *store, const struct fleet_held *held)
{
    return database_run(store->db,
        "INSERT INTO fleet_held (entry_uuid, kind, username, why, since, csn) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT DO UPDATE SET kind = ?2, username = ?3, why = ?4, csn = ?6,"
        " since = iif(kind = ?2 AND why = ?4, since, ?5)", "ttttit", held->entry_uuid, kinds[held->kind],
        held->username, held->why, held->since, held->csn);
}

enum store_result store_fleet_let_go(struct store *store, const char *entry_uuid)
{
    return database_run(store->db, "DELETE FROM fleet_held WHERE entry_uuid = ?", "t", entry_uuid);
}

enum store_result store_fleet_take_vanished(struct store *store, int64_t *ret)
{
    static const char *const steps[] = {
        "INSERT INTO fleet_sweeps SELECT uid, username, home, 0 FROM accounts WHERE uid IN (SELECT uid FROM fleet_accounts"
        " JOIN fleet_held USING (entry_uuid) WHERE kind = 'vanished') ON CONFLICT DO NOTHING",
        "UPDATE fleet_accounts SET status = 'absent', reason = '', vanished_at = NULL WHERE entry_uuid IN"
        " (SELECT entry_uuid FROM fleet_held WHERE kind = 'vanished')",
        "UPDATE fleet_accounts SET vanished_at = NULL WHERE vanished_at IS NOT NULL",
        "DELETE FROM fleet_held WHERE kind = 'vanished'",
    };
    int64_t count = 0;
    enum store_result result = database_number(store->db, &count,
        "SELECT count(*) FROM fleet_held JOIN fleet_accounts USING (entry_uuid) WHERE kind = 'vanished'", "");

    for (size_t i = 0; result == STORE_OK && i < sizeof steps / sizeof steps[0]; i++)
        result = database_run(store->db, steps[i], "");
    if (result == STORE_OK)
        *ret = count;
    return result;
}

/* -- sessions to be ended ------------------------------------------------------------------ */

enum store_result store_fleet_sweep_due(struct store *store, const struct account *account, bool deleted)
{
    return database_run(store->db,
        "INSERT INTO fleet_sweeps (uid, username, home, deleted) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT DO UPDATE SET deleted = max(deleted, ?4)", "itti", (int64_t)account->uid, account->username,
        account->home, (int64_t)deleted);
}

static enum store_result read_sweep(sqlite3_stmt *row, struct fleet_sweep *ret)
{
    enum store_result result = database_text(row, 1, ret->username, sizeof ret->username);

    if (result == STORE_OK)
        result = database_text(row, 2, ret->home, sizeof ret->home);
    ret->uid = (uint32_t)sqlite3_column_int64(row, 0);
    ret->deleted = sqlite3_column_int64(row, 3) != 0;
    return result;
}

enum store_result store_fleet_sweeps(struct store *store, uint32_t after, struct fleet_sweep *page, size_t size,
                                     size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT uid, username, home, deleted FROM fleet_sweeps WHERE uid > ? ORDER BY uid LIMIT ?", "ii",
        (int64_t)after, (int64_t)size);
    enum store_result result = STORE_OK;
    size_t count = 0;
    int rc = SQLITE_DONE;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    while (result == STORE_OK && count < size && (rc = sqlite3_step(row)) == SQLITE_ROW)
        result = read_sweep(row, &page[count++]);
    database_finish(row);
    if (result == STORE_OK)
        result = database_result(rc);
    if (result == STORE_OK)
        *ret = count;
    return result;
}

enum store_result store_fleet_sweep_done(struct store *store, uint32_t uid)
{
    return database_run(store->db, "DELETE FROM fleet_sweeps WHERE uid = ?", "i", (int64_t)uid);
}
