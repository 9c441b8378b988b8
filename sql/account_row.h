/*
 * A row of the table of accounts. Internal to sql/.
 */
#ifndef CODER_ACCOUNT_ROW_H
#define CODER_ACCOUNT_ROW_H

#include <sqlite3.h>

#include "account.h"
#include "store.h"

/* What is selected "FROM accounts a" for account_row_read. */
#define ACCOUNT_COLUMNS \
    "uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until, " \
    "expires_at, created_at, password_changed_at, " \
    "1 + 2 * EXISTS (SELECT 1 FROM account_roles r WHERE r.uid = a.uid AND role = 'auditor')" \
    "  + 4 * EXISTS (SELECT 1 FROM account_roles r WHERE r.uid = a.uid AND role = 'admin'), " \
    "coalesce(gid, uid), service, coalesce(password_max_days, 0), never_dormant, last_login_day, " \
    "coalesce(awake_since, created_at), EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = a.uid), " \
    "coalesce((SELECT max(joined_at, coalesce(last_contact, 0)) FROM fleet), 0)"

enum store_result account_row_read(sqlite3_stmt *row, struct account *ret);

#endif
