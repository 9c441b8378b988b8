/*
 * The columns an account can be shown in: their names and what stands in a cell, escaped.
 */
#include "columns.h"

#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "sql/ascii.h"
#include "command.h"
#include "escape.h"
#include "layout.h"
#include "say.h"
#include "when.h"

enum column_id {
    COLUMN_USERNAME, COLUMN_EMAIL, COLUMN_CREATED, COLUMN_STATUS, COLUMN_UID, COLUMN_GID, COLUMN_FULL_NAME,
    COLUMN_ROLES, COLUMN_LAST_LOGIN, COLUMN_LOCKED, COLUMN_MUST_CHANGE, COLUMN_PASSWORD_EXPIRES,
    COLUMN_PASSWORD_CHANGED, COLUMN_EXPIRES, COLUMN_MAX_DAYS, COLUMN_TOO_OLD, COLUMN_LAST_DAY, COLUMN_DORMANT,
    COLUMN_NEVER_DORMANT, COLUMN_HOME, COLUMN_SHELL, COLUMN_SERVICE, COLUMN_FROM, COLUMN_COUNT
};
enum { COLUMN_DEFAULTS = COLUMN_STATUS + 1 };

/* The JSON keys, with spaces. */
static const char *const column_names[COLUMN_COUNT] = {
    [COLUMN_USERNAME] = "username",
    [COLUMN_EMAIL] = "email",
    [COLUMN_CREATED] = "created at",
    [COLUMN_STATUS] = "status",
    [COLUMN_UID] = "uid",
    [COLUMN_GID] = "gid",
    [COLUMN_FULL_NAME] = "full name",
    [COLUMN_ROLES] = "roles",
    [COLUMN_LAST_LOGIN] = "last login",
    [COLUMN_LOCKED] = "locked until",
    [COLUMN_MUST_CHANGE] = "must change",
    [COLUMN_PASSWORD_EXPIRES] = "password expires at",
    [COLUMN_PASSWORD_CHANGED] = "password changed at",
    [COLUMN_EXPIRES] = "account expires at",
    [COLUMN_MAX_DAYS] = "password max days",
    [COLUMN_TOO_OLD] = "password too old at",
    [COLUMN_LAST_DAY] = "last login day",
    [COLUMN_DORMANT] = "dormant at",
    [COLUMN_NEVER_DORMANT] = "never dormant",
    [COLUMN_HOME] = "home",
    [COLUMN_SHELL] = "shell",
    [COLUMN_SERVICE] = "service account",
    [COLUMN_FROM] = "from",
};

void print_roles(unsigned roles, char ret[ROLES_SIZE])
{
    snprintf(ret, ROLES_SIZE, "%s%smember", (roles & ROLE_ADMIN) != 0 ? "admin," : "",
             (roles & ROLE_AUDITOR) != 0 ? "auditor," : "");
}

void print_roles_in_words(unsigned roles, char ret[ROLES_SIZE])
{
    snprintf(ret, ROLES_SIZE, "role%s %s%smember", roles == ROLE_MEMBER ? "" : "s",
             (roles & ROLE_ADMIN) != 0 ? "admin, " : "", (roles & ROLE_AUDITOR) != 0 ? "auditor, " : "");
}

static const char *text_of(const struct listing *listing, enum column_id id)
{
    const struct account *account = &listing->account;

    switch (id) {
    case COLUMN_USERNAME:
        return account->username;
    case COLUMN_EMAIL:
        return account->email[0] != '\0' ? account->email : "-";
    case COLUMN_STATUS:
        return account_state_name(listing->extra.state);
    case COLUMN_FULL_NAME:
        return account->full_name;
    case COLUMN_MUST_CHANGE:
        return account->temporary ? "yes" : "no";
    case COLUMN_NEVER_DORMANT:
        return account->never_dormant ? "yes" : "no";
    case COLUMN_HOME:
        return account->home;
    case COLUMN_SHELL:
        return account->shell;
    case COLUMN_SERVICE:
        return account->service ? "yes" : "no";
    case COLUMN_FROM:
        return account->fleet ? "fleet" : "here";
    default:
        return "";
    }
}

/* "2026-11-30": in UTC, as it is counted. */
static void write_day(int64_t day, char ret[CELL_SIZE])
{
    when_format_utc(day, ret);
    if (day == 0)
        snprintf(ret, CELL_SIZE, "never");
    else
        ret[sizeof "2026-11-30" - 1] = '\0';
}

void print_cell(const struct listing *listing, size_t column, char ret[CELL_SIZE])
{
    const struct account *account = &listing->account;
    enum column_id id = (enum column_id)column;

    switch (id) {
    case COLUMN_UID:
        snprintf(ret, CELL_SIZE, "%u", account->uid);
        return;
    case COLUMN_GID:
        snprintf(ret, CELL_SIZE, "%u", account->gid);
        return;
    case COLUMN_ROLES:
        print_roles(account->roles, ret);
        return;
    case COLUMN_CREATED:
        when_format(account->created_at, "-", ret);
        return;
    case COLUMN_LAST_LOGIN:
        when_format(listing->extra.last_login_at, "never", ret);
        return;
    case COLUMN_LOCKED:
        when_format(listing->extra.locked_until, "not locked", ret);
        return;
    case COLUMN_PASSWORD_CHANGED:
        when_format(account->password_changed_at, "never", ret);
        return;
    case COLUMN_PASSWORD_EXPIRES:
        when_format(account->temporary_until, "never", ret);
        return;
    case COLUMN_EXPIRES:
        when_format_end(account->expires_at, "never", ret);
        return;
    case COLUMN_MAX_DAYS:
        account_days_write(account->password_max_days, ret);
        return;
    case COLUMN_TOO_OLD:
        when_format(listing->extra.password_end, "never", ret);
        return;
    case COLUMN_LAST_DAY:
        write_day(account->last_login_day, ret);
        return;
    case COLUMN_DORMANT:
        when_format(listing->extra.dormant_from, "never", ret);
        return;
    default:
        print_escape(text_of(listing, id), ret, CELL_SIZE);
    }
}

/* A yes of a table is a true. */
static const char *word_of(const struct listing *listing, enum column_id id)
{
    const char *text = text_of(listing, id);

    if (id == COLUMN_EMAIL)
        return listing->account.email;
    if (id != COLUMN_MUST_CHANGE && id != COLUMN_NEVER_DORMANT && id != COLUMN_SERVICE)
        return text;
    return strcmp(text, "yes") == 0 ? "true" : "false";
}

static int64_t time_of(const struct listing *listing, enum column_id id)
{
    const struct account *account = &listing->account;

    switch (id) {
    case COLUMN_CREATED:
        return account->created_at;
    case COLUMN_LAST_LOGIN:
        return listing->extra.last_login_at;
    case COLUMN_LOCKED:
        return listing->extra.locked_until;
    case COLUMN_PASSWORD_CHANGED:
        return account->password_changed_at;
    case COLUMN_PASSWORD_EXPIRES:
        return account->temporary_until;
    case COLUMN_EXPIRES:
        return account->expires_at;
    case COLUMN_TOO_OLD:
        return listing->extra.password_end;
    case COLUMN_DORMANT:
        return listing->extra.dormant_from;
    default:
        return 0;
    }
}

void print_value(const struct listing *listing, size_t column, char ret[CELL_SIZE])
{
    enum column_id id = (enum column_id)column;

    switch (id) {
    case COLUMN_UID:
    case COLUMN_GID:
        print_cell(listing, column, ret);
        return;
    case COLUMN_ROLES:
        print_cell(listing, column, ret);
        for (char *comma = ret; (comma = strchr(comma, ',')) != NULL;)
            *comma = ';';
        return;
    case COLUMN_MAX_DAYS:
        ret[0] = '\0';
        if (listing->account.password_max_days != 0)
            account_days_write(listing->account.password_max_days, ret);
        return;
    case COLUMN_LAST_DAY:
        ret[0] = '\0';
        if (listing->account.last_login_day != 0)
            write_day(listing->account.last_login_day, ret);
        return;
    default:
        snprintf(ret, CELL_SIZE, "%s", word_of(listing, id));
        if (time_of(listing, id) != 0)
            when_format_utc(time_of(listing, id), ret);
    }
}

/* "Created_At" is "created at". */
static bool is_column(const char *word, size_t length, const char *name)
{
    for (size_t i = 0; i < length; i++) {
        bool blank = word[i] == '_' || word[i] == '-';

        if (name[i] != (blank ? ' ' : ascii_lower(word[i])))
            return false;
    }
    return name[length] == '\0';
}

void print_columns_begin(const struct columns *columns, struct layout *ret)
{
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < columns->count; i++) {
        enum column_id id = (enum column_id)columns->index[i];
        bool gives_way = id == COLUMN_EMAIL || id == COLUMN_FULL_NAME;
        struct layout_column column = { column_names[id], gives_way ? LAYOUT_GIVES_WAY : LAYOUT_KEEPS,
                                        id == COLUMN_UID || id == COLUMN_GID };

        layout_add(ret, &column);
    }
}

void print_columns_measure(const struct columns *columns, const struct listing *listing,
                           struct layout *layout)
{
    char cell[CELL_SIZE];

    for (size_t i = 0; i < columns->count; i++) {
        print_cell(listing, columns->index[i], cell);
        layout_widen(layout, i, cell);
    }
}

/* Whoever is out should be seen. */
bool print_column_warns(size_t column, const struct listing *listing)
{
    return column == COLUMN_STATUS && listing->extra.state != ACCOUNT_STATE_ACTIVE;
}

void print_column_key(size_t column, char ret[COLUMN_KEY_SIZE])
{
    snprintf(ret, COLUMN_KEY_SIZE, "%s", column_names[column]);
    for (char *blank = ret; (blank = strchr(blank, ' ')) != NULL;)
        *blank = '_';
}

void print_column_names(char *ret, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < COLUMN_COUNT && used < size; i++)
        used += (size_t)snprintf(ret + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 column_names[i]);
}

static enum status refuse_column(const char *word, size_t length)
{
    char names[512];

    print_column_names(names, sizeof names);
    return tool_refuse(STATUS_USAGE, "unknown column '%.*s'; columns are %s", (int)length, word,
                       names);
}

enum status print_parse_columns(const char *text, struct columns *ret)
{
    struct columns columns = { 0 };

    do {
        size_t length = strcspn(text, ",");
        size_t id = 0;

        while (id < COLUMN_COUNT && !is_column(text, length, column_names[id]))
            id++;
        if (id == COLUMN_COUNT || columns.count == sizeof columns.index / sizeof columns.index[0])
            return refuse_column(text, length);
        columns.index[columns.count++] = id;
        text += length;
    } while (*text++ == ',');
    *ret = columns;
    return GO_ON;
}

void print_default_columns(bool fleet, bool services, struct columns *ret)
{
    ret->count = COLUMN_DEFAULTS;
    for (size_t i = 0; i < COLUMN_DEFAULTS; i++)
        ret->index[i] = i;
    if (fleet)
        ret->index[ret->count++] = COLUMN_FROM;
    if (services)
        ret->index[ret->count++] = COLUMN_SERVICE;
}

void print_all_columns(bool fleet, struct columns *ret)
{
    ret->count = fleet ? COLUMN_COUNT : COLUMN_FROM;
    for (size_t i = 0; i < ret->count; i++)
        ret->index[i] = i;
}

bool print_columns_need_activity(const struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->index[i] == COLUMN_LAST_LOGIN || columns->index[i] == COLUMN_LOCKED)
            return true;
    return false;
}

void print_account_lines(const struct listing *listing, const struct columns *columns)
{
    char cell[CELL_SIZE];

    for (size_t i = 0; i < columns->count; i++) {
        size_t id = columns->index[i];

        print_cell(listing, id, cell);
        printf("%c%-20s %s\n", ascii_upper(column_names[id][0]), column_names[id] + 1,
               cell);
    }
}
