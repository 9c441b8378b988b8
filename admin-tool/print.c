/*
 * For people: tables of accounts and of the audit log. Every cell is escaped before it is shown;
 * JSON text comes from sql/.
 */
#include <ctype.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>

#include "command.h"

/* -- the columns of accounts -------------------------------------------------------------- */

enum column_id {
    COLUMN_USERNAME, COLUMN_EMAIL, COLUMN_CREATED, COLUMN_STATUS, COLUMN_UID, COLUMN_FULL_NAME,
    COLUMN_ROLES, COLUMN_LAST_LOGIN, COLUMN_LOCKED, COLUMN_MUST_CHANGE, COLUMN_PASSWORD_EXPIRES,
    COLUMN_PASSWORD_CHANGED, COLUMN_EXPIRES, COLUMN_HOME, COLUMN_SHELL, COLUMN_COUNT
};
enum { COLUMN_DEFAULTS = COLUMN_STATUS + 1 };

/* The JSON keys, with spaces. */
static const char *const column_names[COLUMN_COUNT] = {
    [COLUMN_USERNAME] = "username",
    [COLUMN_EMAIL] = "email",
    [COLUMN_CREATED] = "created at",
    [COLUMN_STATUS] = "status",
    [COLUMN_UID] = "uid",
    [COLUMN_FULL_NAME] = "full name",
    [COLUMN_ROLES] = "roles",
    [COLUMN_LAST_LOGIN] = "last login",
    [COLUMN_LOCKED] = "locked until",
    [COLUMN_MUST_CHANGE] = "must change",
    [COLUMN_PASSWORD_EXPIRES] = "password expires at",
    [COLUMN_PASSWORD_CHANGED] = "password changed at",
    [COLUMN_EXPIRES] = "account expires at",
    [COLUMN_HOME] = "home",
    [COLUMN_SHELL] = "shell",
};

void print_roles(unsigned roles, char ret[ROLES_SIZE])
{
    snprintf(ret, ROLES_SIZE, "%s%smember", (roles & ROLE_ADMIN) != 0 ? "admin," : "",
             (roles & ROLE_AUDITOR) != 0 ? "auditor," : "");
}

static const char *text_of(const struct account *account, enum column_id id)
{
    switch (id) {
    case COLUMN_USERNAME:
        return account->username;
    case COLUMN_EMAIL:
        return account->email;
    case COLUMN_STATUS:
        return account_status_name(account->status);
    case COLUMN_FULL_NAME:
        return account->full_name;
    case COLUMN_MUST_CHANGE:
        return account->temporary ? "yes" : "no";
    case COLUMN_HOME:
        return account->home;
    case COLUMN_SHELL:
        return account->shell;
    default:
        return "";
    }
}

void print_cell(const struct listing *listing, size_t column, char ret[CELL_SIZE])
{
    const struct account *account = &listing->account;
    enum column_id id = (enum column_id)column;

    switch (id) {
    case COLUMN_UID:
        snprintf(ret, CELL_SIZE, "%u", account->uid);
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
        when_format(account->expires_at, "never", ret);
        return;
    default:
        print_escape(text_of(account, id), ret, CELL_SIZE);
    }
}

/* "Created_At" is "created at". */
static bool is_column(const char *word, size_t length, const char *name)
{
    for (size_t i = 0; i < length; i++) {
        int c = word[i] == '_' || word[i] == '-' ? ' ' : tolower((unsigned char)word[i]);

        if (c != name[i])
            return false;
    }
    return name[length] == '\0';
}

const char *print_column_name(size_t column)
{
    return column_names[column];
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
    char names[256];

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

void print_default_columns(struct columns *ret)
{
    ret->count = COLUMN_DEFAULTS;
    for (size_t i = 0; i < COLUMN_DEFAULTS; i++)
        ret->index[i] = i;
}

bool print_columns_need_activity(const struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->index[i] == COLUMN_LAST_LOGIN || columns->index[i] == COLUMN_LOCKED)
            return true;
    return false;
}

/* -- tables ------------------------------------------------------------------------------- */

/* The cells are escaped already. */
static struct libscols_table *new_table(void)
{
    struct libscols_table *table = scols_new_table();

    if (table == NULL)
        return NULL;
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_noencoding(table, 1);
    return table;
}

static bool add_column(struct libscols_table *table, const char *name)
{
    char heading[64];
    size_t length = 0;

    for (; length < sizeof heading - 1 && name[length] != '\0'; length++)
        heading[length] = (char)toupper((unsigned char)name[length]);
    heading[length] = '\0';
    return scols_table_new_column(table, heading, 0, SCOLS_FL_TRUNC) != NULL;
}

static bool add_columns(struct libscols_table *table, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!add_column(table, names[i]))
            return false;
    return true;
}

static void align_numbers(struct libscols_table *table, const struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->index[i] == COLUMN_UID)
            scols_column_set_flags(scols_table_get_column(table, i),
                                   SCOLS_FL_RIGHT | SCOLS_FL_TRUNC);
}

struct libscols_table *print_table_new(const struct columns *columns)
{
    const char *names[sizeof columns->index / sizeof columns->index[0]];
    struct libscols_table *table = new_table();

    for (size_t i = 0; i < columns->count; i++)
        names[i] = column_names[columns->index[i]];
    if (table != NULL && add_columns(table, names, columns->count)) {
        align_numbers(table, columns);
        return table;
    }
    scols_unref_table(table);
    return NULL;
}

struct libscols_table *print_page_new(const struct columns *columns, const struct layout *layout,
                                      bool headings)
{
    struct libscols_table *table = print_table_new(columns);

    for (size_t i = 0; table != NULL && i < columns->count; i++) {
        struct libscols_column *column = scols_table_get_column(table, i);

        scols_column_set_whint(column, (double)layout->width[i]);
        scols_column_set_flags(column, scols_column_get_flags(column) | SCOLS_FL_STRICTWIDTH);
    }
    if (table != NULL)
        scols_table_enable_noheadings(table, !headings);
    return table;
}

/* Whoever is out should be seen; where there are no colours, none is shown. */
static void colour_line(struct libscols_line *line, const struct columns *columns,
                        const struct listing *listing)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->index[i] == COLUMN_STATUS && listing->account.status != ACCOUNT_ACTIVE)
            scols_cell_set_color(scols_line_get_cell(line, i), "red");
}

bool print_table_add(struct libscols_table *table, const struct columns *columns,
                     const struct listing *listing)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    char cell[CELL_SIZE];

    for (size_t i = 0; line != NULL && i < columns->count; i++) {
        print_cell(listing, columns->index[i], cell);
        if (scols_line_set_data(line, i, cell) != 0)
            return false;
    }
    if (line != NULL)
        colour_line(line, columns, listing);
    return line != NULL;
}

void print_table_drop(struct libscols_table *table)
{
    scols_unref_table(table);
}

void print_table_end(struct libscols_table *table, FILE *out)
{
    size_t width = terminal_width(out);

    scols_table_set_stream(table, out);
    scols_table_enable_colors(table, terminal_has_colours(out));
    if (width > 0) {
        scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
        scols_table_set_termwidth(table, width);
    }
    scols_print_table(table);
    scols_unref_table(table);
}

void print_account_row(const struct account *account, FILE *out)
{
    struct listing listing = { .account = *account };
    struct libscols_table *table;
    struct columns columns;

    print_default_columns(&columns);
    table = print_table_new(&columns);
    if (table != NULL && print_table_add(table, &columns, &listing))
        print_table_end(table, out);
    else
        scols_unref_table(table);
    explicit_bzero(listing.account.hash, sizeof listing.account.hash);
}

void print_account_lines(const struct listing *listing, const struct columns *columns)
{
    size_t count = columns != NULL ? columns->count : COLUMN_COUNT;
    char cell[CELL_SIZE];

    for (size_t i = 0; i < count; i++) {
        size_t id = columns != NULL ? columns->index[i] : i;

        print_cell(listing, id, cell);
        printf("%c%-20s %s\n", toupper((unsigned char)column_names[id][0]), column_names[id] + 1,
               cell);
    }
}

/* -- the audit log ------------------------------------------------------------------------ */

struct libscols_table *print_audit_new(void)
{
    static const char *const names[] = { "time", "event", "username", "actor", "via", "origin",
                                         "change" };
    struct libscols_table *table = new_table();

    if (table != NULL && add_columns(table, names, sizeof names / sizeof names[0]))
        return table;
    scols_unref_table(table);
    return NULL;
}

bool print_audit_add(struct libscols_table *table, const struct audit_row *row)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    char time[WHEN_SIZE], cell[CELL_SIZE];
    const char *const texts[] = { time, row->event, row->username, row->actor, row->via,
                                  row->origin, row->change };

    when_format(row->at, "-", time);
    for (size_t i = 0; line != NULL && i < sizeof texts / sizeof texts[0]; i++) {
        print_escape(texts[i] != NULL ? texts[i] : "", cell, sizeof cell);
        if (scols_line_set_data(line, i, cell) != 0)
            return false;
    }
    return line != NULL;
}

/* -- the policy --------------------------------------------------------------------------- */

struct libscols_table *print_policy_new(void)
{
    static const char *const names[] = { "key", "value", "default", "range", "meaning" };
    struct libscols_table *table = new_table();

    if (table != NULL && add_columns(table, names, sizeof names / sizeof names[0]))
        return table;
    scols_unref_table(table);
    return NULL;
}

bool print_policy_add(struct libscols_table *table, const struct policy *policy, size_t index)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    char value[POLICY_VALUE_SIZE], initial[POLICY_VALUE_SIZE];
    struct policy_setting setting;
    struct policy defaults;

    policy_setting_at(index, &setting);
    policy_defaults(&defaults);
    policy_value_at(policy, index, value);
    policy_value_at(&defaults, index, initial);
    return line != NULL && scols_line_set_data(line, 0, setting.key) == 0 &&
           scols_line_set_data(line, 1, value) == 0 && scols_line_set_data(line, 2, initial) == 0 &&
           scols_line_set_data(line, 3, setting.range) == 0 &&
           scols_line_set_data(line, 4, setting.meaning) == 0;
}
