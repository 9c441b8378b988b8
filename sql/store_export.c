/*
 * An account as one line of JSON that users import reads: the same keys as its columns, and of the
 * password only when the hash is wanted.
 */
#include "store_export.h"

#include "account.h"
#include "database.h"
#include "store.h"

static const char line_object[] =
    "SELECT iif(?10 IS NULL, object, json_set(object, '$.password_hash', ?10,"
    "  '$.must_change', json(iif(?11, 'true', 'false')),"
    "  '$.password_expires_at', " SQL_RFC3339("?12") ","
    "  '$.password_changed_at', " SQL_RFC3339("?13") "))"
    " FROM (SELECT iif(?20 = '', line, json_set(line, '$.scopes', json('[\"' || replace(?20, ',', '\",\"') || '\"]'))) AS object"
    " FROM (SELECT json_object('username', ?1, 'email', nullif(?3, ''), 'full_name', ?4,"
    "  'roles', " SQL_ROLES ", 'uid', ?2, 'gid', ?18, 'shell', ?6, 'home', ?5, 'status', ?7,"
    "  'account_expires_at', " SQL_RFC3339("?9") ","
    "  'created_at', " SQL_RFC3339("?14") ", 'service_account', json(iif(?15, 'true', 'false')),"
    "  'password_max_days', iif(?16 = 0, NULL, max(?16, 0)), 'never_dormant', json(iif(?17, 'true', 'false')),"
    "  'ssh_keys', json(coalesce(?19, '[]'))) AS line))";

enum store_result store_account_line(struct store *store, const struct account *account,
                                     const char *keys, const char *scopes, bool with_hash, char **ret)
{
    const char *hash = account->hash[0] != '\0' ? account->hash : "*";

    return database_copy(store->db, ret, line_object, "tittttti" "itiiiii" "iiitt", account->username,
                         (int64_t)account->uid, account->email, account->full_name, account->home,
                         account->shell, account_status_name(account->status),
                         (int64_t)account->roles, account->expires_at, with_hash ? hash : NULL,
                         (int64_t)account->temporary, account->temporary_until,
                         account->password_changed_at, account->created_at, (int64_t)account->service,
                         account->password_max_days, (int64_t)account->never_dormant,
                         (int64_t)(account->gid != 0 ? account->gid : account->uid), keys, scopes);
}
