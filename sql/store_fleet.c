/*
 * The one row about the fleet. Without it this host follows nobody, and the tables beside it are empty.
 */
#include "store_fleet.h"

#include <sqlite3.h>

#include "database.h"
#include "store.h"

/* NOT_FOUND when the statement just run touched no row. */
static enum store_result touched(struct store *store, enum store_result result)
{
    return result == STORE_OK && sqlite3_changes(store->db) == 0 ? STORE_NOT_FOUND : result;
}

static enum store_result read_row(sqlite3_stmt *row, struct fleet *ret)
{
    enum store_result result = database_text(row, 0, ret->base, sizeof ret->base);

    if (result == STORE_OK)
        result = database_text(row, 3, ret->last_uri, sizeof ret->last_uri);
    ret->joined_at = sqlite3_column_int64(row, 1);
    ret->last_contact = sqlite3_column_int64(row, 2);
    ret->whole_due = sqlite3_column_int64(row, 4) != 0;
    ret->latched_at = sqlite3_column_int64(row, 5);
    ret->braked_at = sqlite3_column_int64(row, 6);
    return result;
}

enum store_result store_fleet(struct store *store, struct fleet *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT base, joined_at, last_contact, last_uri, cookie = '', latched_at, braked_at FROM fleet", "");
    int rc = row != NULL ? sqlite3_step(row) : sqlite3_extended_errcode(store->db);
    enum store_result result = rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);
    struct fleet fleet;

    if (result == STORE_OK)
        result = read_row(row, &fleet);
    database_finish(row);
    if (result == STORE_OK)
        *ret = fleet;
    return result;
}

enum store_result store_fleet_cookie(struct store *store, char **ret)
{
    return database_copy(store->db, ret, "SELECT cookie FROM fleet", "");
}

enum store_result store_fleet_join(struct store *store, const char *base, int64_t now)
{
    enum store_result result = database_run(store->db,
        "INSERT INTO fleet (base, joined_at, cookie, last_uri) SELECT ?, ?, '', '' WHERE NOT EXISTS (SELECT 1 FROM fleet)",
        "ti", base, now);

    return result == STORE_OK && sqlite3_changes(store->db) == 0 ? STORE_TAKEN : result;
}

enum store_result store_fleet_leave(struct store *store)
{
    static const char *const all[] = {
        "DELETE FROM fleet_accounts", "DELETE FROM fleet_held", "DELETE FROM fleet_moving", "DELETE FROM fleet",
    };
    enum store_result result = STORE_OK;

    for (size_t i = 0; result == STORE_OK && i < sizeof all / sizeof all[0]; i++)
        result = database_run(store->db, all[i], "");
    return result;
}

enum store_result store_fleet_resync(struct store *store)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET cookie = ''", ""));
}

enum store_result store_fleet_latch(struct store *store, int64_t now)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET latched_at = coalesce(latched_at, ?)", "i", now));
}

enum store_result store_fleet_unlatch(struct store *store)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET latched_at = NULL", ""));
}

enum store_result store_fleet_brake(struct store *store, int64_t now)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET braked_at = coalesce(braked_at, ?)", "i", now));
}

enum store_result store_fleet_release(struct store *store)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET braked_at = NULL", ""));
}

enum store_result store_fleet_heard(struct store *store, const char *uri, int64_t now)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET last_contact = ?, last_uri = ?", "it", now, uri));
}

enum store_result store_fleet_apply_begin(struct store *store)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET applying = 1", ""));
}

enum store_result store_fleet_apply_end(struct store *store, const char *cookie)
{
    return touched(store, database_run(store->db, "UPDATE fleet SET applying = NULL, cookie = ?", "t", cookie));
}

enum store_result store_fleet_count(struct store *store, struct fleet_counts *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT count(*), count(*) FILTER (WHERE status = 'active'), count(*) FILTER (WHERE status = 'absent'),"
        " count(*) FILTER (WHERE here_suspended),"
        " (SELECT count(*) FROM fleet_held WHERE kind = 'entry' OR (kind = 'gone' AND why <> '')),"
        " (SELECT count(*) FROM fleet_held WHERE kind = 'vanished'), (SELECT count(*) FROM fleet_held WHERE kind = 'deleted'),"
        " (SELECT count(*) FROM fleet_held WHERE kind = 'remark'), count(*) FILTER (WHERE holds <> 'active') FROM fleet_accounts", "");
    int64_t *const places[] = { &ret->accounts, &ret->active, &ret->absent, &ret->suspended_here, &ret->held,
                                &ret->vanished, &ret->deleted, &ret->remarks, &ret->shut };
    int rc = row != NULL ? sqlite3_step(row) : sqlite3_extended_errcode(store->db);

    for (size_t i = 0; rc == SQLITE_ROW && i < sizeof places / sizeof places[0]; i++)
        *places[i] = sqlite3_column_int64(row, (int)i);
    database_finish(row);
    return database_result(rc);
}
