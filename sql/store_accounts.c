/*
 * Account records in the store: read, change, as JSON. One function a change, so that what can happen
 * to an account is the list of this file's prototypes.
 */
#include <string.h>

#include "database.h"

#define COLUMNS \
    "uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until, " \
    "expires_at, created_at, password_changed_at, " \
    "1 + 2 * EXISTS (SELECT 1 FROM account_roles r WHERE r.uid = a.uid AND role = 'auditor')" \
    "  + 4 * EXISTS (SELECT 1 FROM account_roles r WHERE r.uid = a.uid AND role = 'admin')"

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
    return STORE_OK;
}

/* Read rows of COLUMNS into page and finalize; *ret is how many. */
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
    sqlite3_finalize(row);
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

enum store_result store_account_by_email(struct store *store, const char *email,
                                         struct account *ret)
{
    return read_one(store, database_prepare(store->db, "SELECT " COLUMNS
                    " FROM accounts a WHERE email = ?", "t", email), ret);
}

enum store_result store_accounts_page(struct store *store, uint32_t after, struct account *page,
                                      size_t size, size_t *ret)
{
    return read_page(store, database_prepare(store->db, "SELECT " COLUMNS
                     " FROM accounts a WHERE uid > ? ORDER BY uid LIMIT ?", "ii", (int64_t)after,
                     (int64_t)size), page, size, ret);
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

enum store_result store_uid_is_free(struct store *store, uint32_t uid)
{
    int64_t count = 0;
    enum store_result result = database_number(store->db, &count,
        "SELECT (SELECT count(*) FROM accounts WHERE uid = ?1)"
        "     + (SELECT count(*) FROM tombstones WHERE uid = ?1)", "i", (int64_t)uid);

    return is_free(result, count);
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
        "SELECT max(?1, 1 + coalesce((SELECT max(uid) FROM accounts WHERE uid BETWEEN ?1 AND ?2), 0),"
        "               1 + coalesce((SELECT max(uid) FROM tombstones WHERE uid BETWEEN ?1 AND ?2), 0))",
        "ii", (int64_t)min, (int64_t)max);

    if (result == STORE_OK && next > max) /* somebody has the last one: given by hand, perhaps */
        result = first_gap(store, min, max, &next);
    if (result == STORE_OK)
        *ret = (uint32_t)next;
    return result;
}

enum store_result store_count_other_admins(struct store *store, uint32_t uid, int64_t *ret)
{
    return database_number(store->db, ret,
        "SELECT count(*) FROM accounts JOIN account_roles USING (uid)"
        " WHERE role = 'admin' AND status = 'active' AND uid <> ?", "i", (int64_t)uid);
}

/* -- changing ----------------------------------------------------------------------------- */

/* NOT_FOUND when the statement just run touched no row. */
static enum store_result touched(struct store *store, enum store_result result)
{
    return result == STORE_OK && sqlite3_changes(store->db) == 0 ? STORE_NOT_FOUND : result;
}

static const char *text_or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

/* Why a trigger refused this insert: what is not free, or another rule. */
static enum store_result why_refused(struct store *store, const struct account *account)
{
    enum store_result result = store_name_is_free(store, account->username);

    if (result == STORE_OK)
        result = store_uid_is_free(store, account->uid);
    if (result == STORE_OK)
        result = store_email_is_free(store, account->email);
    return result == STORE_OK ? STORE_REFUSED : result;
}

enum store_result store_account_insert(struct store *store, const struct account *account)
{
    enum store_result result = database_run(store->db,
        "INSERT INTO accounts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, 0),"
        " nullif(?11, 0), ?12, nullif(?13, 0))", "ittttttti" "iiii",
        (int64_t)account->uid, account->username, account->email, account->full_name, account->home,
        account->shell, account_status_name(account->status), text_or_null(account->hash),
        (int64_t)account->temporary, account->temporary_until, account->expires_at,
        account->created_at, account->password_changed_at);

    if (result == STORE_REFUSED)
        return why_refused(store, account);
    return result == STORE_OK ? store_account_set_roles(store, account->uid, account->roles) : result;
}

enum store_result store_account_delete(struct store *store, uint32_t uid)
{
    return touched(store, database_run(store->db, "DELETE FROM accounts WHERE uid = ?", "i",
                                       (int64_t)uid));
}

enum store_result store_account_set_status(struct store *store, uint32_t uid,
                                           enum account_status status)
{
    return touched(store, database_run(store->db, "UPDATE accounts SET status = ? WHERE uid = ?",
                                       "ti", account_status_name(status), (int64_t)uid));
}

enum store_result store_account_set_roles(struct store *store, uint32_t uid, unsigned roles)
{
    static const enum role stored[] = { ROLE_AUDITOR, ROLE_ADMIN };
    enum store_result result = database_run(store->db, "DELETE FROM account_roles WHERE uid = ?",
                                            "i", (int64_t)uid);

    for (size_t i = 0; i < 2 && result == STORE_OK; i++)
        if (roles & stored[i])
            result = database_run(store->db, "INSERT INTO account_roles VALUES (?, ?)", "it",
                                  (int64_t)uid, role_name(stored[i]));
    return result;
}

enum store_result store_account_set_password(struct store *store, uint32_t uid, const char *hash,
                                             bool temporary, int64_t until, int64_t now)
{
    return touched(store, database_run(store->db,
        "UPDATE accounts SET hash = ?, temporary = ?, temporary_until = nullif(?, 0),"
        " password_changed_at = ? WHERE uid = ?", "tiiii", text_or_null(hash), (int64_t)temporary,
        temporary ? until : (int64_t)0, now, (int64_t)uid));
}

enum store_result store_account_change_password(struct store *store, uint32_t uid,
                                                const char *verified_hash, const char *new_hash,
                                                int64_t now)
{
    enum store_result result = touched(store, database_run(store->db,
        "UPDATE accounts SET hash = ?, temporary = 0, temporary_until = NULL,"
        " password_changed_at = ? WHERE uid = ? AND hash = ? AND status = 'active'", "tiit",
        new_hash, now, (int64_t)uid, verified_hash));

    return result == STORE_NOT_FOUND ? STORE_LOST : result;
}

enum store_result store_account_renew_hash(struct store *store, uint32_t uid,
                                           const char *verified_hash, const char *new_hash)
{
    enum store_result result = touched(store, database_run(store->db,
        "UPDATE accounts SET hash = ? WHERE uid = ? AND hash = ? AND status = 'active'", "tit",
        new_hash, (int64_t)uid, verified_hash));

    return result == STORE_NOT_FOUND ? STORE_LOST : result;
}

enum store_result store_former_hash(struct store *store, uint32_t uid, int64_t nth,
                                    char ret[ACCOUNT_HASH_SIZE])
{
    enum store_result result;
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT hash FROM password_history WHERE uid = ? ORDER BY rowid DESC LIMIT 1 OFFSET ?", "ii",
        (int64_t)uid, nth);
    int rc;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    rc = sqlite3_step(row);
    result = rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);
    if (rc == SQLITE_ROW)
        result = database_text(row, 0, ret, ACCOUNT_HASH_SIZE);
    sqlite3_finalize(row);
    return result;
}

/* -- JSON --------------------------------------------------------------------------------- */

static const char account_object[] =
    "SELECT CASE WHEN ?16 IS NULL THEN object ELSE"
    "  json_set(object, '$.temporary_password', ?16, '$.expires_at', " SQL_RFC3339("?12") ") END"
    " FROM (SELECT json_object('username', ?1, 'uid', ?2, 'email', ?3, 'full_name', ?4,"
    "  'home', ?5, 'shell', ?6, 'status', ?7,"
    "  'roles', " SQL_ROLES ","
    "  'created_at', " SQL_RFC3339("?9") ", 'password_changed_at', " SQL_RFC3339("?10") ","
    "  'must_change', json(iif(?11, 'true', 'false')),"
    "  'password_expires_at', " SQL_RFC3339("?12") ","
    "  'account_expires_at', " SQL_RFC3339("?13") ", 'last_login', " SQL_RFC3339("?14") ","
    "  'locked_until', " SQL_RFC3339("?15") ") AS object)";

enum store_result store_account_json(struct store *store, const struct account *account,
                                     const struct account_extra *extra, char **ret)
{
    return database_copy(store->db, ret, account_object, "tittttti" "iiiiiii" "t",
                         account->username, (int64_t)account->uid, account->email,
                         account->full_name, account->home, account->shell,
                         account_status_name(account->status), (int64_t)account->roles,
                         account->created_at, account->password_changed_at,
                         (int64_t)account->temporary, account->temporary_until,
                         account->expires_at, extra->last_login_at, extra->locked_until,
                         extra->temporary_password);
}
