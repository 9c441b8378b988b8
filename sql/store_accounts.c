/*
 * Account records in the store, as they are read: one, a page of them, and what is still free.
 * Every statement is finished when its function returns.
 */
#include "store_accounts.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "memory.h"
#include "store.h"

enum { ADMINS_AT_ONCE = 16 };

#define COLUMNS \
    "uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until, " \
    "expires_at, created_at, password_changed_at, " \
    "1 + 2 * EXISTS (SELECT 1 FROM account_roles r WHERE r.uid = a.uid AND role = 'auditor')" \
    "  + 4 * EXISTS (SELECT 1 FROM account_roles r WHERE r.uid = a.uid AND role = 'admin'), " \
    "coalesce(gid, uid), service, coalesce(password_max_days, 0), never_dormant, last_login_day, " \
    "coalesce(awake_since, created_at)"

/* -- reading ------------------------------------------------------------------------------ */

static enum store_result read_texts(sqlite3_stmt *row, struct account *ret)
{
    enum store_result result = STORE_OK;
    const struct {
        int column;
        char *text;
        size_t size;
    } texts[] = {
        { 1, ret->username, sizeof ret->username },    { 2, ret->email, sizeof ret->email },
        { 3, ret->full_name, sizeof ret->full_name },  { 4, ret->home, sizeof ret->home },
        { 5, ret->shell, sizeof ret->shell },          { 7, ret->hash, sizeof ret->hash },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && result == STORE_OK; i++)
        result = database_text(row, texts[i].column, texts[i].text, texts[i].size);
    return result;
}

static enum store_result read_account(sqlite3_stmt *row, struct account *ret)
{
    char status[16];
    enum store_result result = database_text(row, 6, status, sizeof status);

    memset(ret, 0, sizeof *ret);
    if (result == STORE_OK)
        result = read_texts(row, ret);
    if (result != STORE_OK)
        return result;
    ret->uid = (uint32_t)sqlite3_column_int64(row, 0);
    /* fail closed: whatever is not exactly active is suspended */
    ret->status = strcmp(status, "active") == 0 ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED;
    ret->temporary = sqlite3_column_int64(row, 8) != 0;
    ret->temporary_until = sqlite3_column_int64(row, 9);
    ret->expires_at = sqlite3_column_int64(row, 10);
    ret->created_at = sqlite3_column_int64(row, 11);
    ret->password_changed_at = sqlite3_column_int64(row, 12);
    ret->roles = (unsigned)sqlite3_column_int64(row, 13);
    ret->gid = (uint32_t)sqlite3_column_int64(row, 14);
    ret->service = sqlite3_column_int64(row, 15) != 0;
    ret->password_max_days = sqlite3_column_int64(row, 16);
    ret->never_dormant = sqlite3_column_int64(row, 17) != 0;
    ret->last_login_day = sqlite3_column_int64(row, 18);
    ret->awake_since = sqlite3_column_int64(row, 19);
    return STORE_OK;
}

/* Read rows of COLUMNS into page and finish; *ret is how many. */
static enum store_result read_page(struct store *store, sqlite3_stmt *row, struct account *page,
                                   size_t size, size_t *ret)
{
    enum store_result result = STORE_OK;
    size_t count = 0;
    int rc = SQLITE_DONE;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    while (result == STORE_OK && count < size && (rc = sqlite3_step(row)) == SQLITE_ROW)
        result = read_account(row, &page[count++]);
    database_finish(row);
    if (result == STORE_OK)
        result = database_result(rc);
    if (result == STORE_OK)
        *ret = count;
    return result;
}

static enum store_result read_one(struct store *store, sqlite3_stmt *row, struct account *ret)
{
    size_t count = 0;
    struct account account;
    enum store_result result = read_page(store, row, &account, 1, &count);

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
    return read_one(store, database_prepare(store->db, "SELECT " COLUMNS
                    " FROM accounts a WHERE username = ?", "t", username), ret);
}

enum store_result store_account_by_uid(struct store *store, uint32_t uid, struct account *ret)
{
    return read_one(store, database_prepare(store->db, "SELECT " COLUMNS
                    " FROM accounts a WHERE uid = ?", "i", (int64_t)uid), ret);
}

enum store_result store_account_by_former_name(struct store *store, const char *username,
                                               struct account *ret)
{
    return read_one(store, database_prepare(store->db, "SELECT " COLUMNS
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
    return read_one(store, database_prepare(store->db, "SELECT " COLUMNS
                    " FROM accounts a WHERE email = ?", "t", email), ret);
}

enum store_result store_accounts_with_role(struct store *store, const char *role, uint32_t after,
                                           struct account *page, size_t size, size_t *ret)
{
    return read_page(store, database_prepare(store->db, "SELECT " COLUMNS
                     " FROM accounts a WHERE uid > ?1"
                     " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM account_roles r"
                     "                            WHERE r.uid = a.uid AND role = ?2))"
                     " ORDER BY uid LIMIT ?3", "iti", (int64_t)after, role, (int64_t)size),
                     page, size, ret);
}

enum store_result store_accounts_page(struct store *store, uint32_t after, struct account *page,
                                      size_t size, size_t *ret)
{
    return store_accounts_with_role(store, NULL, after, page, size, ret);
}

enum store_result store_names_page(struct store *store, const char *after, size_t shortest, size_t longest,
                                   char (*page)[ACCOUNT_NAME_SIZE], size_t size, size_t *ret)
{
    enum store_result result = STORE_OK;
    size_t count = 0;
    int rc = SQLITE_DONE;
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT username FROM accounts WHERE username > ?1 AND length(username) BETWEEN ?2 AND ?3"
        " ORDER BY username LIMIT ?4", "tiii", after, (int64_t)shortest, (int64_t)longest, (int64_t)size);

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    while (result == STORE_OK && count < size && (rc = sqlite3_step(row)) == SQLITE_ROW)
        result = database_text(row, 0, page[count++], ACCOUNT_NAME_SIZE);
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

enum store_result store_tombstone_by_uid(struct store *store, uint32_t uid,
                                         char ret[ACCOUNT_NAME_SIZE])
{
    char *name = NULL;
    enum store_result result = database_copy(store->db, &name,
        "SELECT username FROM tombstones WHERE uid = ? ORDER BY deleted_at DESC LIMIT 1", "i", (int64_t)uid);

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
