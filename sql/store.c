/*
 * Opening the store: is the file ours, whole, of a schema this program knows; transactions; policy.
 * A file that is not exactly ours is refused, never wiped.
 */
#include "store.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "database.h"
#include "policy.h"
#include "schema.h"
#include "store_files.h"

const char *store_detail(const struct store *store)
{
    return sqlite3_errcode(store->db) == SQLITE_OK ? "" : sqlite3_errmsg(store->db);
}

/* -- transactions ------------------------------------------------------------------------- */

enum store_result store_begin(struct store *store)
{
    return database_run(store->db, "BEGIN IMMEDIATE", "");
}

void store_rollback(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db))
        database_run(store->db, "ROLLBACK", "");
}

enum store_result store_commit(struct store *store)
{
    enum store_result result = database_run(store->db, "COMMIT", "");

    if (result != STORE_OK)
        store_rollback(store);
    return result;
}

enum store_result store_part_begin(struct store *store)
{
    return database_run(store->db, "SAVEPOINT part", "");
}

enum store_result store_part_keep(struct store *store)
{
    return database_run(store->db, "RELEASE part", "");
}

enum store_result store_part_undo(struct store *store)
{
    enum store_result result = database_run(store->db, "ROLLBACK TO part", "");

    return result == STORE_OK ? store_part_keep(store) : result;
}

enum store_result store_generation(struct store *store, int64_t *ret)
{
    return database_number(store->db, ret, "SELECT generation FROM counters", "");
}

/* -- opening ------------------------------------------------------------------------------ */

static enum store_result migrate(struct store *store)
{
    int64_t version = 0;
    enum store_result result = store_begin(store);

    if (result != STORE_OK)
        return result;
    if ((result = schema_read_version(store, &version)) == STORE_OK) /* another may have been faster */
        result = schema_migrate(store, version);
    if (result == STORE_OK)
        return store_commit(store);
    store_rollback(store);
    return result;
}

/* The version is looked at before anything that could write: a foreign file stays as it is. A snapshot is one read
 * transaction, which begins here: the file is locked and looked at once, not for each statement. */
static enum store_result prepare(struct store *store, enum store_mode mode)
{
    int64_t version = 0;
    enum store_result result = mode == STORE_SNAPSHOT ? database_run(store->db, "BEGIN", "") : STORE_OK;

    if (result == STORE_OK)
        result = schema_read_version(store, &version);
    if (result == STORE_OK && version == 0 && mode != STORE_CREATE)
        return STORE_MISSING; /* left empty by a creation that was cut off */
    if (result == STORE_OK && mode == STORE_SNAPSHOT && schema_is_newest(version))
        return STORE_OK;
    store_rollback(store);
    if (result == STORE_OK) /* TRUNCATE and FULL: DESIGN D3 */
        result = database_run(store->db, "PRAGMA journal_mode=TRUNCATE", "");
    if (result == STORE_OK)
        result = database_run(store->db, "PRAGMA synchronous=FULL", "");
    return result == STORE_OK && !schema_is_newest(version) ? migrate(store) : result;
}

enum store_result store_open(const char *private_dir, enum store_mode mode, struct store **ret)
{
    enum store_result result = store_check_files(private_dir, "accounts.db");
    int flags = SQLITE_OPEN_READWRITE | (mode == STORE_CREATE ? SQLITE_OPEN_CREATE : 0);
    struct store *store;

    if (result != STORE_OK && (result != STORE_MISSING || mode != STORE_CREATE))
        return result;
    store = calloc(1, sizeof *store);
    if (store == NULL)
        return STORE_FAILED;
    result = database_open(private_dir, "accounts.db", flags, &store->holder,
                           &store->db);
    if (result == STORE_OK)
        result = prepare(store, mode);
    if (result == STORE_OK)
        *ret = store;
    else
        store_close(store);
    return result;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->db != NULL)
        store_rollback(store);
    database_close(store->db, &store->holder);
    free(store);
}

/* -- policy ------------------------------------------------------------------------------- */

enum store_result store_policy(struct store *store, struct policy *ret)
{
    sqlite3_stmt *row = database_prepare(store->db, "SELECT key, value FROM policy", "");
    struct policy policy;
    int rc;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    policy_defaults(&policy);
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(row, 0);
        const char *value = (const char *)sqlite3_column_text(row, 1);

        if (key == NULL || value == NULL || !policy_set(&policy, key, value)) {
            database_finish(row);
            return STORE_DAMAGED;
        }
    }
    database_finish(row);
    if (rc == SQLITE_DONE)
        *ret = policy;
    return database_result(rc);
}

enum store_result store_policy_set(struct store *store, const char *key, const char *value)
{
    if (value == NULL)
        return database_run(store->db, "DELETE FROM policy WHERE key = ?", "t", key);
    return database_run(store->db, "INSERT INTO policy VALUES (?1, ?2)"
                        " ON CONFLICT DO UPDATE SET value = ?2", "tt", key, value);
}
