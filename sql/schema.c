/*
 * Our schema, made by numbered migrations; and whether a file is one of ours.
 */
#include "schema.h"

#include <sqlite3.h>
#include <stdio.h>

#include "chain.h"
#include "database.h"
#include "migrations.h"
#include "store.h"

enum { APPLICATION_ID = 0x43445241 }; /* "CDRA" */

static const struct migration {
    const char *sql;
    enum store_result (*then)(struct store *store); /* what SQL cannot do; NULL: nothing */
} migrations[] = {
    { sql_0001_accounts, NULL },
    { sql_0002_audit_chain, chain_link_all },
    { sql_0003_life, NULL },
    { sql_0004_fleet, NULL },
};
enum { SCHEMA_VERSION = sizeof migrations / sizeof migrations[0] };

bool schema_is_newest(int64_t version)
{
    return version == SCHEMA_VERSION;
}

enum store_result schema_migrate(struct store *store, int64_t version)
{
    char stamp[96];
    enum store_result result = STORE_OK;

    for (; version < SCHEMA_VERSION && result == STORE_OK; version++) {
        const struct migration *migration = &migrations[version];

        result = database_result(sqlite3_exec(store->db, migration->sql, NULL, NULL, NULL));
        if (result == STORE_OK && migration->then != NULL)
            result = migration->then(store);
    }
    if (result != STORE_OK)
        return result;
    snprintf(stamp, sizeof stamp, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             APPLICATION_ID,
             SCHEMA_VERSION);
    return database_result(sqlite3_exec(store->db, stamp, NULL, NULL, NULL));
}

enum store_result schema_make(sqlite3 *db)
{
    struct store empty = { .db = db };

    return schema_migrate(&empty, 0);
}

enum store_result schema_read_version(struct store *store, int64_t *ret)
{
    int64_t application, version, tables = 0;
    enum store_result result;

    result = database_number(store->db, &application, "PRAGMA application_id", "");
    if (result == STORE_OK)
        result = database_number(store->db, &version, "PRAGMA user_version", "");
    if (result == STORE_OK && application != APPLICATION_ID)
        result = database_number(store->db, &tables, "SELECT count(*) FROM sqlite_schema", "");
    if (result != STORE_OK)
        return result;
    if (application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0))
        return STORE_FOREIGN;
    if (version > SCHEMA_VERSION)
        return STORE_TOO_NEW;
    if (version < 0)
        return STORE_DAMAGED;
    *ret = version;
    return STORE_OK;
}
