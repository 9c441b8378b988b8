/*
 * Accounts as JSON, for whoever asks: all but the hash. Every statement is finished when its function returns.
 */
#include "store_json.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "database.h"
#include "memory.h"
#include "store.h"

void account_extra_begin(const struct account *account, const struct policy *policy, int64_t now,
                         struct account_extra *ret)
{
    *ret = (struct account_extra){ .state = account_state(account, policy, now),
                                   .password_end = account_password_end(account, policy),
                                   .dormant_from = account_dormant_from(account, policy) };
}

/* The newest change to or from a suspension, under whichever name the account had then. Of one that a pruning took, or
 * that no program of ours made, nothing is known. */
#define STATUS_CHANGED \
    "a.before ->> '$.status' IS NOT a.after ->> '$.status'" \
    " AND 'suspended' IN (a.before ->> '$.status', a.after ->> '$.status')"
#define LAST_SUSPENSION \
    "(SELECT max((SELECT id FROM audit a WHERE a.username = n.name AND a.uid = ?2 AND " STATUS_CHANGED \
    "             ORDER BY id DESC LIMIT 1))" \
    " FROM (SELECT ?1 AS name UNION ALL SELECT username FROM tombstones WHERE uid = ?2) n)"

enum store_result store_account_suspension(struct store *store, const struct account *account,
                                           struct account_suspension *ret)
{
    static const char query[] =
        "SELECT at, actor, iif(event = 'suspend', after ->> '$.detail', NULL) FROM audit s"
        " WHERE id = " LAST_SUSPENSION " AND after ->> '$.status' = 'suspended'";
    sqlite3_stmt *row;
    enum store_result result = STORE_NOT_FOUND;

    if (account->status == ACCOUNT_ACTIVE)
        return result;
    row = database_prepare(store->db, query, "ti", account->username, (int64_t)account->uid);
    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    if (sqlite3_step(row) == SQLITE_ROW) {
        const unsigned char *by = sqlite3_column_text(row, 1), *reason = sqlite3_column_text(row, 2);

        *ret = (struct account_suspension){ .at = sqlite3_column_int64(row, 0) };
        snprintf(ret->by, sizeof ret->by, "%s", by != NULL ? (const char *)by : "");
        snprintf(ret->reason, sizeof ret->reason, "%s", reason != NULL ? (const char *)reason : "");
        result = STORE_OK;
    }
    database_finish(row);
    return result;
}

/* Where the account comes from is told on a host that is in a fleet. */
static const char account_object[] =
    "SELECT CASE WHEN ?16 IS NULL THEN object ELSE"
    "  json_set(object, '$.temporary_password', nullif(?16, ''), '$.expires_at', " SQL_RFC3339("?12") ") END"
    " FROM (SELECT CASE WHEN NOT ?27 THEN object ELSE json_set(object, '$.from', iif(f.uid IS NULL, 'here', 'fleet'),"
    "  '$.fleet_status', f.status, '$.suspended_here', json(iif(f.here_suspended, 'true', 'false')),"
    "  '$.scopes', json(iif(f.scopes = '', '[]', '[\"' || replace(f.scopes, ',', '\",\"') || '\"]'))) END AS object"
    " FROM (SELECT json_object('username', ?1, 'uid', ?2, 'gid', ?22, 'email', nullif(?3, ''), 'full_name', ?4,"
    "  'home', ?5, 'shell', ?6, 'status', ?7,"
    "  'roles', " SQL_ROLES ", 'service_account', json(iif(?17, 'true', 'false')),"
    "  'created_at', " SQL_RFC3339("?9") ", 'password_changed_at', " SQL_RFC3339("?10") ","
    "  'has_password', json(iif(?26, 'true', 'false')), 'must_change', json(iif(?11, 'true', 'false')),"
    "  'password_expires_at', " SQL_RFC3339("?12") ","
    "  'account_expires_at', " SQL_RFC3339("?13") ", 'last_login', " SQL_RFC3339("?14") ","
    "  'locked_until', " SQL_RFC3339("?15") ","
    "  'password_max_days', iif(?18 = 0, NULL, max(?18, 0)), 'password_too_old_at', " SQL_RFC3339("?19") ","
    "  'never_dormant', json(iif(?20, 'true', 'false')), 'dormant_at', " SQL_RFC3339("?21") ","
    "  'last_login_day', date(nullif(?23, 0), 'unixepoch'),"
    "  'ssh_keys', CASE WHEN EXISTS (SELECT 1 FROM account_keys WHERE uid = ?2) THEN" /* a list is dearer */
    "    json((SELECT json_group_array(fingerprint) FROM"
    "      (SELECT fingerprint FROM account_keys WHERE uid = ?2 ORDER BY id))) ELSE json('[]') END,"
    "  'keys', (SELECT count(*) FROM account_keys WHERE uid = ?2), 'locks', json(?25),"
    "  'suspended_at', " SQL_RFC3339("s.at") ", 'suspended_by', s.actor,"
    "  'suspended_reason', iif(s.event = 'suspend', s.after ->> '$.detail', NULL)) AS object"
    "  FROM (SELECT 1) LEFT JOIN audit s ON s.id = CASE WHEN ?24 THEN " LAST_SUSPENSION " END"
    "                                 AND s.after ->> '$.status' = 'suspended')"
    "  LEFT JOIN fleet_accounts f ON ?27 AND f.uid = ?2)";

static enum store_result write_json(sqlite3_stmt *row, const struct account *account,
                                    const struct account_extra *extra, char **ret)
{
    enum store_result result = STORE_FAILED;

    if (database_bind(row, "tittttti" "iiiiiii" "ti" "iiiiii" "itii", account->username, (int64_t)account->uid,
                      account->email, account->full_name, account->home, account->shell,
                      account_state_name(extra->state), (int64_t)account->roles,
                      account->created_at, account->password_changed_at,
                      (int64_t)account->temporary, account->temporary_until, account->expires_at,
                      extra->last_login_at, extra->locked_until, extra->temporary_password,
                      (int64_t)account->service, account->password_max_days, extra->password_end,
                      (int64_t)account->never_dormant, extra->dormant_from,
                      (int64_t)(account->gid != 0 ? account->gid : account->uid), account->last_login_day,
                      (int64_t)(account->status != ACCOUNT_ACTIVE), extra->locks,
                      (int64_t)(account->hash[0] != '\0'), (int64_t)(account->fleet_heard_at != 0)) &&
        sqlite3_step(row) == SQLITE_ROW)
        *ret = sqlite3_mprintf("%s", sqlite3_column_text(row, 0));
    if (*ret != NULL)
        result = STORE_OK;
    return result;
}

static enum store_result write_page(struct store *store, const struct account *accounts,
                                    const struct account_extra *extras, size_t count, char **ret)
{
    sqlite3_stmt *row = database_prepare(store->db, account_object, "");
    enum store_result result = STORE_OK;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    for (size_t i = 0; result == STORE_OK && i < count; i++)
        result = write_json(row, &accounts[i], &extras[i], &ret[i]);
    database_finish(row);
    return result;
}

enum store_result store_accounts_json(struct store *store, const struct account *accounts,
                                      const struct account_extra *extras, size_t count, char **ret)
{
    bool alone = sqlite3_get_autocommit(store->db) != 0;
    enum store_result result = STORE_OK;

    memset(ret, 0, count * sizeof *ret);
    if (alone)
        result = database_run(store->db, "BEGIN", ""); /* locked and unlocked once, not for each */
    if (result == STORE_OK)
        result = write_page(store, accounts, extras, count, ret);
    if (alone)
        store_rollback(store); /* nothing was written */
    for (size_t i = 0; result != STORE_OK && i < count; i++)
        store_text_free(ret[i]);
    return result;
}

enum store_result store_account_json(struct store *store, const struct account *account,
                                     const struct account_extra *extra, char **ret)
{
    return store_accounts_json(store, account, extra, 1, ret);
}
