/*
 * Account records in the store, as they are changed. One function a change, so that what can happen to
 * an account is the list of this file's functions.
 */
#include "store_changes.h"

#include <sqlite3.h>

#include "account.h"
#include "database.h"
#include "store.h"
#include "store_accounts.h"

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

/* What both an insert and a replacement set, in the order of its question marks from the second on. */
static enum store_result set_all(struct store *store, const char *sql, const struct account *account)
{
    return database_run(store->db, sql, "ittttttt" "iiiii" "iiiiii", (int64_t)account->uid, account->username,
        text_or_null(account->email), account->full_name, account->home, account->shell,
        account_status_name(account->status), text_or_null(account->hash), (int64_t)account->temporary,
        account->temporary_until, account->expires_at, account->created_at, account->password_changed_at,
        (int64_t)account->gid, (int64_t)account->service, account->password_max_days,
        (int64_t)account->never_dormant, account->last_login_day, account->awake_since);
}

enum store_result store_account_insert(struct store *store, const struct account *account)
{
    enum store_result result = set_all(store,
        "INSERT INTO accounts (uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until,"
        " expires_at, created_at, password_changed_at, gid, service, password_max_days, never_dormant, last_login_day,"
        " awake_since)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, 0), nullif(?11, 0), ?12, nullif(?13, 0),"
        " nullif(nullif(?14, 0), ?1), ?15, nullif(?16, 0), ?17, nullif(?18, 0), nullif(?19, 0))", account);

    if (result == STORE_REFUSED)
        return why_refused(store, account);
    return result == STORE_OK ? store_account_set_roles(store, account->uid, account->roles) : result;
}

enum store_result store_account_replace(struct store *store, const struct account *account)
{
    enum store_result result = touched(store, set_all(store,
        "UPDATE accounts SET email = ?3, full_name = ?4, home = ?5, shell = ?6, status = ?7,"
        " hash = ?8, temporary = ?9, temporary_until = nullif(?10, 0), expires_at = nullif(?11, 0),"
        " created_at = ?12, password_changed_at = nullif(?13, 0), gid = nullif(nullif(?14, 0), ?1), service = ?15,"
        " password_max_days = nullif(?16, 0), never_dormant = ?17, last_login_day = nullif(?18, 0),"
        " awake_since = nullif(?19, 0) WHERE uid = ?1 AND username = ?2", account));

    return result == STORE_OK ? store_account_set_roles(store, account->uid, account->roles) : result;
}

enum store_result store_account_delete(struct store *store, uint32_t uid)
{
    return touched(store, database_run(store->db, "DELETE FROM accounts WHERE uid = ?", "i",
                                       (int64_t)uid));
}

enum store_result store_account_rename(struct store *store, uint32_t uid, const char *username, const char *home)
{
    return touched(store, database_run(store->db, "UPDATE accounts SET username = ?, home = ? WHERE uid = ?", "tti",
                                       username, home, (int64_t)uid));
}

enum store_result store_account_give_back(struct store *store, const struct account *account)
{
    enum store_result result = store_account_delete(store, account->uid);

    return result != STORE_OK ? result
                              : touched(store, database_run(store->db,
        "UPDATE tombstones SET gone_to = 'passwd' WHERE username = ? AND uid = ?", "ti",
        account->username, (int64_t)account->uid));
}

enum store_result store_account_return(struct store *store, const struct account *account)
{
    int64_t uid = (int64_t)account->uid;
    enum store_result result = database_run(store->db,
        "INSERT INTO returning_accounts VALUES (?1, ?2)", "it", uid, account->username);

    if (result == STORE_OK)
        result = database_run(store->db, "DELETE FROM tombstones WHERE uid = ?1 AND username = ?2",
                              "it", uid, account->username);
    if (result == STORE_OK)
        result = store_account_insert(store, account);
    if (result == STORE_OK)
        result = database_run(store->db, "DELETE FROM returning_accounts", "");
    return result;
}

enum store_result store_account_set_status(struct store *store, uint32_t uid,
                                           enum account_status status)
{
    return touched(store, database_run(store->db, "UPDATE accounts SET status = ? WHERE uid = ?",
                                       "ti", account_status_name(status), (int64_t)uid));
}

enum store_result store_account_wake(struct store *store, uint32_t uid, int64_t now)
{
    return touched(store, database_run(store->db, "UPDATE accounts SET awake_since = ?2 WHERE uid = ?1", "ii",
                                       (int64_t)uid, now));
}

enum store_result store_account_require_change(struct store *store, uint32_t uid)
{
    enum store_result result = touched(store, database_run(store->db,
        "UPDATE accounts SET temporary = 1, temporary_until = NULL"
        " WHERE uid = ? AND temporary = 0 AND hash IS NOT NULL", "i", (int64_t)uid));

    return result == STORE_NOT_FOUND ? STORE_LOST : result;
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

enum store_result store_account_note_login(struct store *store, uint32_t uid, int64_t day)
{
    enum store_result result = touched(store, database_run(store->db,
        "UPDATE accounts SET last_login_day = ?2"
        " WHERE uid = ?1 AND status = 'active' AND coalesce(last_login_day, 0) < ?2", "ii", (int64_t)uid, day));

    return result == STORE_NOT_FOUND ? STORE_LOST : result;
}

/* Ageing is this host's own; the rest, which may be the fleet's, is written only when it differs. So are the public facts:
 * each writing of them is a new generation. */
enum store_result store_account_edit(struct store *store, const struct account *account)
{
    enum store_result result = touched(store, database_run(store->db,
        "UPDATE accounts SET password_max_days = nullif(?1, 0), never_dormant = ?2 WHERE uid = ?3", "iii",
        account->password_max_days, (int64_t)account->never_dormant, (int64_t)account->uid));

    if (result == STORE_OK)
        result = database_run(store->db,
            "UPDATE accounts SET email = ?1, expires_at = nullif(?2, 0), service = ?3 WHERE uid = ?4"
            " AND (email COLLATE BINARY IS NOT ?1 OR expires_at IS NOT nullif(?2, 0) OR service IS NOT ?3)", "tiii",
            text_or_null(account->email), account->expires_at, (int64_t)account->service, (int64_t)account->uid);
    if (result == STORE_OK)
        result = database_run(store->db,
            "UPDATE accounts SET full_name = ?1, shell = ?2"
            " WHERE uid = ?3 AND (full_name IS NOT ?1 OR shell IS NOT ?2)", "tti",
            account->full_name, account->shell, (int64_t)account->uid);
    return result;
}
