/*
 * What users export writes of an account, and what an import compares.
 */
#include "column_text.h"

#include <stdio.h>

#include "sql/account.h"
#include "terminal/when.h"
#include "record.h"

const char *import_column_text(const struct account *account, enum import_column column, char room[WHEN_SIZE])
{
    room[0] = '\0';
    switch (column) {
    case IMPORT_USERNAME:
        return account->username;
    case IMPORT_EMAIL:
        return account->email;
    case IMPORT_FULL_NAME:
        return account->full_name;
    case IMPORT_SHELL:
        return account->shell;
    case IMPORT_HOME:
        return account->home;
    case IMPORT_STATUS:
        return account_status_name(account->status);
    case IMPORT_HASH:
        return account->hash[0] != '\0' ? account->hash : "*";
    case IMPORT_NEVER_DORMANT:
        return account->never_dormant ? "true" : "false";
    case IMPORT_MAX_DAYS:
        if (account->password_max_days != 0)
            account_days_write(account->password_max_days, room);
        return room;
    case IMPORT_SERVICE:
        return account->service ? "true" : "false";
    case IMPORT_MUST_CHANGE:
        return account->temporary ? "true" : "false";
    case IMPORT_ROLES:
        snprintf(room, WHEN_SIZE, "%s%smember", (account->roles & ROLE_ADMIN) != 0 ? "admin;" : "",
                 (account->roles & ROLE_AUDITOR) != 0 ? "auditor;" : "");
        return room;
    case IMPORT_UID:
        snprintf(room, WHEN_SIZE, "%u", account->uid);
        return room;
    case IMPORT_GID:
        snprintf(room, WHEN_SIZE, "%u", account->gid != 0 ? account->gid : account->uid);
        return room;
    case IMPORT_EXPIRES:
        when_format_utc(account->expires_at, room);
        return room;
    case IMPORT_CREATED:
        when_format_utc(account->created_at, room);
        return room;
    case IMPORT_PASSWORD_EXPIRES:
        when_format_utc(account->temporary_until, room);
        return room;
    case IMPORT_PASSWORD_CHANGED:
        when_format_utc(account->password_changed_at, room);
        return room;
    default:
        return room;
    }
}
