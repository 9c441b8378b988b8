/*
 * One account as a file of import says it: which columns there are, and what each may hold. A value
 * that users create would refuse is refused here with the same words; nothing is looked up.
 */
#include "record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/ascii.h"
#include "sql/primary_group.h"
#include "sql/scope_list.h"
#include "sql/ssh_key_set.h"
#include "terminal/when.h"

static const char *const names[IMPORT_COLUMN_COUNT] = {
    [IMPORT_USERNAME] = "username",
    [IMPORT_EMAIL] = "email",
    [IMPORT_FULL_NAME] = "full_name",
    [IMPORT_ROLES] = "roles",
    [IMPORT_UID] = "uid",
    [IMPORT_GID] = "gid",
    [IMPORT_SHELL] = "shell",
    [IMPORT_HOME] = "home",
    [IMPORT_STATUS] = "status",
    [IMPORT_EXPIRES] = "account_expires_at",
    [IMPORT_CREATED] = "created_at",
    [IMPORT_KEYS] = "ssh_keys",
    [IMPORT_SERVICE] = "service_account",
    [IMPORT_MAX_DAYS] = "password_max_days",
    [IMPORT_NEVER_DORMANT] = "never_dormant",
    [IMPORT_SCOPES] = "scopes",
    [IMPORT_HASH] = "password_hash",
    [IMPORT_MUST_CHANGE] = "must_change",
    [IMPORT_PASSWORD_EXPIRES] = "password_expires_at",
    [IMPORT_PASSWORD_CHANGED] = "password_changed_at",
};

const char *import_column_name(enum import_column column)
{
    return names[column];
}

/* "Full Name" and "E-mail" are full_name and email. */
static bool is_same_name(const char *one, const char *other)
{
    static const char joints[] = " _-";

    for (;; one++, other++) {
        one += strspn(one, joints);
        other += strspn(other, joints);
        if (ascii_lower(*one) != ascii_lower(*other))
            return false;
        if (*one == '\0')
            return true;
    }
}

bool import_column_find(const char *name, enum import_column *ret)
{
    if (is_same_name(name, "expires"))
        name = names[IMPORT_EXPIRES]; /* as the option is called */
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        if (is_same_name(names[i], name)) {
            *ret = (enum import_column)i;
            return true;
        }
    }
    return false;
}

/* -- one value ---------------------------------------------------------------------------- */

static const char *set_text(const char *value, const char *fault, char *ret, size_t size)
{
    size_t length = strlen(value);

    if (fault == NULL && length >= size)
        fault = "is too long";
    if (fault == NULL)
        memcpy(ret, value, length + 1);
    return fault;
}

/* "admin;auditor", or a line for each */
static const char *set_roles(const char *value, unsigned *ret)
{
    char text[64];

    if (strlen(value) >= sizeof text)
        return "is not a set of roles; roles are admin, auditor, member";
    snprintf(text, sizeof text, "%s", value);
    for (char *p = text; *p != '\0'; p++)
        if (*p == ';' || *p == '\n')
            *p = ',';
    return roles_parse(text, ret) ? NULL
                                  : "holds an unknown role; roles are admin, auditor, member";
}

static const char *set_uid(const char *value, uint32_t *ret)
{
    const char *fault;

    if (strlen(value) > 18 || value[strspn(value, "0123456789")] != '\0')
        return "is no number";
    fault = account_uid_fault(strtoull(value, NULL, 10));
    if (fault == NULL)
        *ret = (uint32_t)strtoul(value, NULL, 10);
    return fault;
}

/* The primary group: a number, as it is in the files that it comes from. */
static const char *set_gid(const char *value, uint32_t *ret)
{
    const char *fault;

    if (strlen(value) > 18 || value[strspn(value, "0123456789")] != '\0')
        return "is no number";
    fault = account_gid_fault(strtoull(value, NULL, 10));
    if (fault == NULL)
        *ret = (uint32_t)strtoul(value, NULL, 10);
    return fault;
}

static const char *set_status(const char *value, enum account_status *ret)
{
    if (strcmp(value, "active") != 0 && strcmp(value, "suspended") != 0)
        return "is neither active nor suspended";
    *ret = strcmp(value, "active") == 0 ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED;
    return NULL;
}

/* JSON has 0 for never. */
static const char *set_days(const char *value, int64_t *ret)
{
    if (strcmp(value, "0") == 0)
        value = "never";
    return account_days_parse(value, ret) ? NULL : "is not a number of days up to 99998, nor never or default";
}

static const char *set_truth(const char *value, bool *ret)
{
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        return "is neither true nor false";
    *ret = strcmp(value, "true") == 0;
    return NULL;
}

/* "2d ago" makes no sense in a file that is kept: as seen from 1970 it is not positive. */
static const char *set_time(const char *value, int64_t *ret)
{
    int64_t when = 0;

    if (strcmp(value, "never") != 0 && (!when_parse(value, 0, &when) || when <= 0))
        return "is not a time like 2026-11-30T18:00:00Z";
    *ret = when;
    return NULL;
}

/* A day is the last good one. "+90d" is none in a file that is kept. */
static const char *set_end(const char *value, int64_t *ret)
{
    int64_t when = 0;

    if (strcmp(value, "never") != 0 &&
        (strchr("0123456789", value[0]) == NULL || !when_parse_end(value, 0, &when)))
        return "is neither a day like 2026-11-30 nor a time like 2026-11-30T18:00:00Z";
    *ret = when;
    return NULL;
}

static const char *set_hash(const char *value, char ret[ACCOUNT_HASH_SIZE])
{
    if (strcmp(value, "*") == 0 || strcmp(value, "!") == 0) {
        ret[0] = '\0';
        return NULL;
    }
    if (credential_form(value) == CREDENTIAL_BROKEN)
        return "is no whole hash of a method that is good enough (crypt(5)); leave it empty for a "
               "temporary password, or write * for none";
    return set_text(value, NULL, ret, ACCOUNT_HASH_SIZE);
}

/* NULL if fine, else what is wrong. */
static const char *set_value(struct account *account, enum import_column column, const char *value)
{
    switch (column) {
    case IMPORT_USERNAME:
        return set_text(value, account_username_fault(value), account->username,
                        sizeof account->username);
    case IMPORT_EMAIL:
        return set_text(value, account_email_fault(value), account->email, sizeof account->email);
    case IMPORT_FULL_NAME:
        return set_text(value, account_full_name_fault(value), account->full_name,
                        sizeof account->full_name);
    case IMPORT_ROLES:
        return set_roles(value, &account->roles);
    case IMPORT_UID:
        return set_uid(value, &account->uid);
    case IMPORT_GID:
        return set_gid(value, &account->gid);
    case IMPORT_SHELL:
        return set_text(value, account_path_fault(value), account->shell, sizeof account->shell);
    case IMPORT_HOME:
        return set_text(value, account_home_fault(value), account->home, sizeof account->home);
    case IMPORT_STATUS:
        return set_status(value, &account->status);
    case IMPORT_EXPIRES:
        return set_end(value, &account->expires_at);
    case IMPORT_SERVICE:
        return set_truth(value, &account->service);
    case IMPORT_MAX_DAYS:
        return set_days(value, &account->password_max_days);
    case IMPORT_NEVER_DORMANT:
        return set_truth(value, &account->never_dormant);
    case IMPORT_CREATED:
        return set_time(value, &account->created_at);
    case IMPORT_HASH:
        return set_hash(value, account->hash);
    case IMPORT_MUST_CHANGE:
        return set_truth(value, &account->temporary);
    case IMPORT_PASSWORD_EXPIRES:
        return set_time(value, &account->temporary_until);
    case IMPORT_PASSWORD_CHANGED:
        return set_time(value, &account->password_changed_at);
    default:
        return "is in no column";
    }
}

bool import_add_reason(char reason[IMPORT_REASON_SIZE], const char *format, ...)
{
    size_t used = strlen(reason);
    va_list arguments;

    if (used > 0 && used + 3 < IMPORT_REASON_SIZE) {
        memcpy(reason + used, "; ", 3);
        used += 2;
    }
    va_start(arguments, format);
    vsnprintf(reason + used, IMPORT_REASON_SIZE - used, format, arguments);
    va_end(arguments);
    return false;
}

/* One key a line. */
static bool set_keys(const char *value, char *ret, char ret_reason[IMPORT_REASON_SIZE])
{
    struct ssh_key_set set = { NULL, 0 };
    char *text = strdup(value);
    const char *fault = "are more than there is memory for";
    size_t line = 0;

    if (text != NULL)
        fault = ssh_key_set_add_lines(&set, text, &line);
    if (fault != NULL && line != 0)
        import_add_reason(ret_reason, "the ssh_keys, line %zu: it %s", line, fault);
    else if (fault != NULL)
        import_add_reason(ret_reason, "the field ssh_keys %s", fault);
    else
        ssh_key_set_text(&set, ret);
    ssh_key_set_free(&set);
    free(text);
    return fault == NULL;
}

bool import_record_set(struct import_record *record, enum import_column column, const char *value,
                       char ret_reason[IMPORT_REASON_SIZE])
{
    char folded[ACCOUNT_NAME_SIZE];
    const char *fault;

    record->named |= 1u << column;
    if (value[0] == '\0')
        return true;
    if (column == IMPORT_USERNAME && account_username_fold(value, folded)) {
        snprintf(record->written, sizeof record->written, "%s", value);
        value = folded;
    }
    record->given |= 1u << column;
    if (column == IMPORT_KEYS && record->keys != NULL)
        return set_keys(value, record->keys, ret_reason);
    if (column == IMPORT_SCOPES)
        return scope_list(value, record->scopes) ||
               import_add_reason(ret_reason, "the scopes '%.64s' are no names, or more than 16", value);
    fault = set_value(&record->account, column, value);
    if (fault == NULL)
        return true;
    if (column == IMPORT_HASH)
        return import_add_reason(ret_reason, "the password_hash %s", fault);
    return import_add_reason(ret_reason, "the %s '%.64s%s' %s", names[column], value,
                             strlen(value) > 64 ? "..." : "", fault);
}

/* -- the whole ---------------------------------------------------------------------------- */

static bool has(const struct import_record *record, enum import_column column)
{
    return (record->given & 1u << column) != 0;
}

static bool refuse(char ret_reason[IMPORT_REASON_SIZE], enum import_column column, const char *what)
{
    return import_add_reason(ret_reason, "%s %s", names[column], what);
}

/* What is said of a password goes with one: our own temporary ones have their rules. */
static bool check_password(const struct import_record *record,
                           char ret_reason[IMPORT_REASON_SIZE])
{
    const struct account *account = &record->account;

    for (size_t i = IMPORT_MUST_CHANGE; i < IMPORT_COLUMN_COUNT; i++)
        if (has(record, (enum import_column)i) && !has(record, IMPORT_HASH))
            return refuse(ret_reason, (enum import_column)i, "is there without a password_hash; "
                          "the temporary password made then has its own");
    if (account->temporary && account->hash[0] == '\0')
        return refuse(ret_reason, IMPORT_MUST_CHANGE, "is true, but there is no password");
    if (account->temporary_until != 0 && !account->temporary)
        return refuse(ret_reason, IMPORT_PASSWORD_EXPIRES, "is there, but must_change is not true");
    return true;
}

bool import_record_complete(struct import_record *record, char ret_reason[IMPORT_REASON_SIZE])
{
    struct account *account = &record->account;

    if (!has(record, IMPORT_USERNAME))
        refuse(ret_reason, IMPORT_USERNAME, "is missing");
    if (!has(record, IMPORT_EMAIL) && !account->service)
        refuse(ret_reason, IMPORT_EMAIL, "is missing");
    check_password(record, ret_reason);
    account->roles |= ROLE_MEMBER;
    return ret_reason[0] == '\0';
}
