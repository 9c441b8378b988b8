/*
 * Account records in the store, as they are read: one, a page of them, and what is still free.
 * Every statement is finished when its function returns.
 */
#include "store_accounts.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "account_row.h"
#include "database.h"
#include "memory.h"
#include "store.h"

enum { ADMINS_AT_ONCE = 16 };

/* -- reading ------------------------------------------------------------------------------ */

static enum store_result read_account(sqlite3_stmt *row, void *ret)
{
    return account_row_read(row, ret);
}

static enum store_result read_one(struct store *store, sqlite3_stmt *row, struct account *ret)
{
    size_t count = 0;
    struct account account;
    enum store_result result = database_page(store->db, row, read_account, &account, sizeof account, 1, &count);

    if (result == STORE_OK && count == 0)
        result = STORE_NOT_FOUND;
    if (result == STORE_OK)
        *ret = account;
    explicit_bzero(account.hash, sizeof account.hash);
    return result;
}

enum store_result store_account_by_name(struct store *store, const char *username,
                                        struct account *ret)
{
    return read_one(store, database_prepare(store->db, "SELECT " ACCOUNT_COLUMNS
                    " FROM accounts a WHERE username = ?", "t", username), ret);
}

enum store_result store_account_by_uid(struct store *store, uint32_t uid, struct account *ret)
{
    return read_one(store, database_prepare(store->db, "SELECT " ACCOUNT_COLUMNS
                    " FROM accounts a WHERE uid = ?", "i", (int64_t)uid), ret);
}

enum store_result store_account_by_former_name(struct store *store, const char *username,
                                               struct account *ret)
{
    return read_one(store, database_prepare(store->db, "SELECT " ACCOUNT_COLUMNS
                    " FROM accounts a WHERE uid = (SELECT uid FROM tombstones WHERE username = ?)", "t", username), ret);
}

enum store_result store_next_former_name(struct store *store, const char *after, char ret[ACCOUNT_NAME_SIZE])
{
    char *name = NULL;
    enum store_result result = database_copy(store->db, &name,
        "SELECT username FROM tombstones t WHERE username > ?"
        " AND EXISTS (SELECT 1 FROM accounts a WHERE a.uid = t.uid) ORDER BY username LIMIT 1", "t", after);

    if (result == STORE_OK)
        snprintf(ret, ACCOUNT_NAME_SIZE, "%s", name);
    store_text_free(name);
    return result;
}

enum store_result store_account_by_email(struct store *store, const char *email,
                                         struct account *ret)
{
    return read_one(store, database_prepare(store->db, "SELECT " ACCOUNT_COLUMNS
                    " FROM accounts a WHERE email = ?", "t", email), ret);
}

enum store_result store_accounts_with_role(struct store *store, const char *role, uint32_t after,
                                           struct account *page, size_t size, size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db, "SELECT " ACCOUNT_COLUMNS
                                         " FROM accounts a WHERE uid > ?1"
                                         " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM account_roles r"
                                         "                            WHERE r.uid = a.uid AND role = ?2))"
                                         " ORDER BY uid LIMIT ?3", "iti", (int64_t)after, role, (int64_t)size);

    return database_page(store->db, row, read_account, page, sizeof *page, size, ret);
}

enum store_result store_accounts_page(struct store *store, uint32_t after, struct account *page,
                                      size_t size, size_t *ret)
{
    return store_accounts_with_role(store, NULL, after, page, size, ret);
}

static enum store_result read_name(sqlite3_stmt *row, void *ret)
{
    return database_text(row, 0, ret, ACCOUNT_NAME_SIZE);
}

enum store_result store_names_page(struct store *store, const char *after, size_t shortest, size_t longest,
                                   char (*page)[ACCOUNT_NAME_SIZE], size_t size, size_t *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT username FROM accounts WHERE username > ?1 AND length(username) BETWEEN ?2 AND ?3"
        " ORDER BY username LIMIT ?4", "tiii", after, (int64_t)shortest, (int64_t)longest, (int64_t)size);

    return database_page(store->db, row, read_name, page, ACCOUNT_NAME_SIZE, size, ret);
}

enum store_result store_names_count(struct store *store, const char *names, uint64_t *ret, char ret_first[ACCOUNT_NAME_SIZE])
{
    /* "CROSS": in the order of the names, each looked up */
    sqlite3_stmt *row = database_prepare(store->db, "SELECT a.username FROM json_each(?) CROSS JOIN accounts a"
                                         " ON a.username = value", "t", names);
    enum store_result result = STORE_OK;
    uint64_t count = 0;
    int rc = SQLITE_DONE;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    ret_first[0] = '\0';
    while (result == STORE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW)
        if (count++ == 0)
            result = database_text(row, 0, ret_first, ACCOUNT_NAME_SIZE);
    database_finish(row);
    if (result == STORE_OK)
        result = database_result(rc);
    if (result == STORE_OK)
        *ret = count;
    return result;
}

enum store_result store_accounts_count(struct store *store, uint64_t *ret)
{
    int64_t count = 0;
    enum store_result result = database_number(store->db, &count, "SELECT count(*) FROM accounts", "");

    if (result == STORE_OK)
        *ret = (uint64_t)count;
    return result;
}

/* OK when the count is 0, TAKEN when not. */
static enum store_result is_free(enum store_result result, int64_t count)
{
    return result == STORE_OK && count != 0 ? STORE_TAKEN : result;
}

enum store_result store_name_is_free(struct store *store, const char *username)
{
    int64_t count = 0;
    enum store_result result = database_number(store->db, &count,
        "SELECT (SELECT count(*) FROM accounts WHERE username = ?1)"
        "     + (SELECT count(*) FROM tombstones WHERE username = ?1)", "t", username);

    return is_free(result, count);
}

enum store_result store_email_is_free(struct store *store, const char *email)
{
    int64_t count = 0;
    enum store_result result = database_number(store->db, &count,
        "SELECT count(*) FROM accounts WHERE email = ?", "t", email);

    return is_free(result, count);
}

enum store_result store_home_owner(struct store *store, const char *home, uint32_t uid,
                                   char ret[ACCOUNT_NAME_SIZE])
{
    char *name = NULL;
    enum store_result result = database_copy(store->db, &name,
        "SELECT username FROM accounts WHERE home = ? AND uid <> ? ORDER BY uid LIMIT 1", "ti",
        home, (int64_t)uid);

    if (result == STORE_OK)
        snprintf(ret, ACCOUNT_NAME_SIZE, "%s", name);
    store_text_free(name);
    return result;
}

enum store_result store_uid_is_free(struct store *store, uint32_t uid)
{
    int64_t count = 0;
    enum store_result result = database_number(store->db, &count,
        "SELECT (SELECT count(*) FROM accounts WHERE uid = ?1)"
        "     + (SELECT count(*) FROM tombstones WHERE uid = ?1)", "i", (int64_t)uid);

    return is_free(result, count);
}

enum store_result store_uid_from(struct store *store, uint32_t from, uint32_t *ret)
{
    int64_t uid = -1;
    enum store_result result = database_number(store->db, &uid,
        "SELECT ifnull(min(uid), -1) FROM (SELECT min(uid) AS uid FROM accounts WHERE uid >= ?1"
        " UNION ALL SELECT min(uid) FROM tombstones WHERE uid >= ?1)", "i", (int64_t)from);

    if (result != STORE_OK)
        return result;
    if (uid < 0)
        return STORE_NOT_FOUND;
    *ret = (uint32_t)uid;
    return STORE_OK;
}

/* The name an account had last: the others are former ones, whose last row in the log is a rename. */
#define LAST_FIRST \
    "ORDER BY deleted_at DESC, EXISTS (SELECT 1 FROM audit WHERE username = t.username AND uid = t.uid AND event = 'rename')"

enum store_result store_tombstone_by_uid(struct store *store, uint32_t uid,
                                         char ret[ACCOUNT_NAME_SIZE])
{
    char *name = NULL;
    enum store_result result = database_copy(store->db, &name,
        "SELECT username FROM tombstones t WHERE uid = ? " LAST_FIRST " LIMIT 1", "i", (int64_t)uid);

    if (result == STORE_OK)
        snprintf(ret, ACCOUNT_NAME_SIZE, "%s", name);
    store_text_free(name);
    return result;
}

enum store_result store_tombstone_by_name(struct store *store, const char *username, uint32_t *ret)
{
    int64_t uid = 0;
    enum store_result result = database_number(store->db, &uid,
        "SELECT uid FROM tombstones WHERE username = ?", "t", username);

    if (result == STORE_OK)
        *ret = (uint32_t)uid;
    return result;
}

enum store_result store_went_to_passwd(struct store *store, const char *username, uint32_t uid)
{
    int64_t one = 0;

    return database_number(store->db, &one,
        "SELECT 1 FROM tombstones WHERE username = ?1 AND ?2 IN (0, uid) AND gone_to = 'passwd'", "ti", username,
        (int64_t)uid);
}

/* The first id of a gap: one past an id in use, or `min`. Walks the range. */
static enum store_result first_gap(struct store *store, uint32_t min, uint32_t max, int64_t *ret)
{
    return database_number(store->db, ret,
        "WITH used AS (SELECT uid FROM accounts WHERE uid BETWEEN ?1 AND ?2"
        "              UNION SELECT uid FROM tombstones WHERE uid BETWEEN ?1 AND ?2)"
        " SELECT min(id) FROM (SELECT ?1 AS id UNION ALL SELECT uid + 1 FROM used)"
        " WHERE id <= ?2 AND id NOT IN used HAVING min(id) IS NOT NULL", "ii", (int64_t)min,
        (int64_t)max);
}

enum store_result store_next_uid(struct store *store, uint32_t min, uint32_t max, uint32_t *ret)
{
    int64_t next = 0;
    enum store_result result = database_number(store->db, &next,
        "SELECT max(?1,"
        " 1 + coalesce((SELECT max(uid) FROM accounts WHERE uid BETWEEN ?1 AND ?2), 0),"
        " 1 + coalesce((SELECT max(uid) FROM tombstones WHERE uid BETWEEN ?1 AND ?2), 0))",
        "ii", (int64_t)min, (int64_t)max);

    if (result == STORE_OK && next > max) /* somebody has the last one: given by hand, perhaps */
        result = first_gap(store, min, max, &next);
    if (result == STORE_OK)
        *ret = (uint32_t)next;
    return result;
}

enum store_result store_count_other_admins(struct store *store, uint32_t uid,
                                           const struct policy *policy, int64_t now, int64_t *ret)
{
    struct account page[ADMINS_AT_ONCE] = { { 0 } };
    enum store_result result = STORE_OK;
    size_t count = ADMINS_AT_ONCE;
    int64_t active = 0;

    for (uint32_t after = 0; result == STORE_OK && count == ADMINS_AT_ONCE;) {
        result = store_accounts_with_role(store, role_name(ROLE_ADMIN), after, page, ADMINS_AT_ONCE, &count);
        for (size_t i = 0; result == STORE_OK && i < count; i++) {
            after = page[i].uid;
            active += after != uid && !page[i].service &&
                      account_state(&page[i], policy, now) == ACCOUNT_STATE_ACTIVE;
        }
    }
    explicit_bzero(page, sizeof page);
    if (result == STORE_OK)
        *ret = active;
    return result;
}

enum store_result store_former_hash(struct store *store, uint32_t uid, int64_t nth,
                                    char ret[ACCOUNT_HASH_SIZE])
{
    enum store_result result;
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT hash FROM password_history WHERE uid = ? ORDER BY rowid DESC LIMIT 1 OFFSET ?",
        "ii",
        (int64_t)uid, nth);
    int rc;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    rc = sqlite3_step(row);
    result = rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);
    if (rc == SQLITE_ROW)
        result = database_text(row, 0, ret, ACCOUNT_HASH_SIZE);
    database_finish(row);
    return result;
}
