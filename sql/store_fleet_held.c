/*
 * What is held, and what is still to be done. Both outlive the process that wrote them.
 */
#include "store_fleet_held.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "memory.h"
#include "store.h"
#include "store_fleet_accounts.h"

/* "gone" beside them: a gravestone, shown only when something else was sent of it, as an entry that is held. */
static const char *const kinds[] = { "entry", "vanished", "remark", "deleted" };
#define IS_SHOWN "(kind <> 'gone' OR why <> '')"

static enum fleet_held_kind parse_kind(const char *text)
{
    enum fleet_held_kind kind = HELD_DELETED;

    while (kind > HELD_ENTRY && strcmp(kinds[kind], text) != 0)
        kind--;
    return kind;
}

static enum store_result read_held(sqlite3_stmt *row, void *place)
{
    struct fleet_held *ret = place;
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

#define HELD "SELECT entry_uuid, kind, username, why, since, csn FROM fleet_held"

enum store_result store_fleet_held(struct store *store, const char *after, struct fleet_held *page, size_t size,
                                   size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db, HELD " WHERE entry_uuid > ? AND " IS_SHOWN " ORDER BY entry_uuid LIMIT ?",
                                         "ti", after, (int64_t)size);

    return database_page(store->db, row, read_held, page, sizeof *page, size, ret);
}

enum store_result store_fleet_held_of(struct store *store, const char *entry_uuid, struct fleet_held *ret)
{
    sqlite3_stmt *row = database_prepare(store->db, HELD " WHERE entry_uuid = ? AND " IS_SHOWN, "t", entry_uuid);
    size_t count;
    enum store_result result = database_page(store->db, row, read_held, ret, sizeof *ret, 1, &count);

    return result == STORE_OK && count == 0 ? STORE_NOT_FOUND : result;
}

enum store_result store_fleet_hold(struct store *store, const struct fleet_held *held)
{
    return database_run(store->db,
        "INSERT INTO fleet_held (entry_uuid, kind, username, why, since, csn, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT DO UPDATE SET kind = iif(kind = 'gone', kind, ?2), username = ?3, why = ?4, csn = ?6,"
        " since = iif(kind IN ('gone', ?2) AND why = ?4, since, ?5), line = iif(kind = 'gone', NULL, ?7)", "ttttitt",
        held->entry_uuid, kinds[held->kind], held->username, held->why, held->since, held->csn, held->line);
}

enum store_result store_fleet_let_go(struct store *store, const char *entry_uuid)
{
    return database_run(store->db, "DELETE FROM fleet_held WHERE entry_uuid = ? AND kind <> 'gone'", "t", entry_uuid);
}

enum store_result store_fleet_bury(struct store *store, const char *entry_uuid, const char *username, int64_t now)
{
    return database_run(store->db, "INSERT INTO fleet_held (entry_uuid, kind, username, why, since, csn)"
                        " VALUES (?, 'gone', ?, '', ?, '') ON CONFLICT DO UPDATE SET kind = 'gone', why = '', line = NULL, since = excluded.since", "tti",
                        entry_uuid, username, now);
}

enum store_result store_fleet_is_buried(struct store *store, const char *entry_uuid)
{
    int64_t found;

    return database_number(store->db, &found, "SELECT 1 FROM fleet_held WHERE entry_uuid = ? AND kind = 'gone'", "t",
                           entry_uuid);
}

enum store_result store_fleet_held_line(struct store *store, const char *after, char ret_entry_uuid[FLEET_UUID_SIZE], char **ret)
{
    char *entry_uuid = NULL;
    enum store_result result = database_copy(store->db, &entry_uuid, "SELECT entry_uuid FROM fleet_held WHERE entry_uuid > ?"
                                             " AND line IS NOT NULL ORDER BY entry_uuid LIMIT 1", "t", after);

    if (result == STORE_OK)
        result = database_copy(store->db, ret, "SELECT line FROM fleet_held WHERE entry_uuid = ?", "t", entry_uuid);
    if (result == STORE_OK)
        snprintf(ret_entry_uuid, FLEET_UUID_SIZE, "%s", entry_uuid);
    store_text_free(entry_uuid);
    return result;
}

enum store_result store_fleet_count_kept(struct store *store, struct fleet_kept *ret)
{
    sqlite3_stmt *row = database_prepare(store->db, "SELECT count(*) FILTER (WHERE kind = 'gone'),"
                                         " count(*) FILTER (WHERE kind <> 'gone'), count(line) FROM fleet_held", "");
    int rc = row != NULL ? sqlite3_step(row) : sqlite3_extended_errcode(store->db);

    if (rc == SQLITE_ROW)
        *ret = (struct fleet_kept){ .graves = sqlite3_column_int64(row, 0), .held = sqlite3_column_int64(row, 1),
                                    .lines = sqlite3_column_int64(row, 2) };
    database_finish(row);
    return database_result(rc);
}

/* -- sessions to be ended ------------------------------------------------------------------ */

enum store_result store_fleet_sweep_due(struct store *store, const struct account *account, bool deleted)
{
    return database_run(store->db,
        "INSERT INTO fleet_sweeps (uid, username, home, deleted) VALUES (?, ?, ?, ?)", "itti", (int64_t)account->uid,
        account->username,
        account->home, (int64_t)deleted);
}

static enum store_result read_sweep(sqlite3_stmt *row, void *place)
{
    struct fleet_sweep *ret = place;
    enum store_result result = database_text(row, 2, ret->username, sizeof ret->username);

    if (result == STORE_OK)
        result = database_text(row, 3, ret->home, sizeof ret->home);
    ret->id = sqlite3_column_int64(row, 0);
    ret->uid = (uint32_t)sqlite3_column_int64(row, 1);
    ret->deleted = sqlite3_column_int64(row, 4) != 0;
    return result;
}

enum store_result store_fleet_sweeps(struct store *store, int64_t after, struct fleet_sweep *page, size_t size,
                                     size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT id, uid, username, home, deleted FROM fleet_sweeps WHERE id > ? ORDER BY id LIMIT ?", "ii", after,
        (int64_t)size);

    return database_page(store->db, row, read_sweep, page, sizeof *page, size, ret);
}

enum store_result store_fleet_sweeps_done(struct store *store, int64_t id)
{
    return database_run(store->db, "DELETE FROM fleet_sweeps WHERE id <= ?", "i", id);
}
