/*
 * For people: tables of accounts and of the audit log. Every cell is escaped before it is shown;
 * JSON text comes from sql/.
 */
#include "print.h"

#include <ctype.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "sql/store_audit.h"
#include "columns.h"
#include "escape.h"
#include "layout.h"
#include "terminal.h"
#include "when.h"

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
    return scols_table_new_column(table, heading, 0, 0) != NULL;
}

static bool add_columns(struct libscols_table *table, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!add_column(table, names[i]))
            return false;
    return true;
}

static bool add_layout_column(struct libscols_table *table, const struct layout_column *column)
{
    if (!add_column(table, column->name))
        return false;
    if (column->right)
        scols_column_set_flags(scols_table_get_column(table, scols_table_get_ncols(table) - 1),
                               SCOLS_FL_RIGHT);
    return true;
}

/* As wide as the column is to be: no table of a page is narrower than its headings, shown or not. */
static bool set_heading(struct libscols_column *column, const struct layout *layout, size_t i)
{
    struct libscols_cell *heading = scols_column_get_header(column);
    bool right = layout->columns[i].right;
    int width = (int)layout->width[i];
    char text[CELL_SIZE], padded[CELL_SIZE];

    snprintf(text, sizeof text, "%s", scols_cell_get_data(heading));
    layout_cut(layout, i, text);
    if (i + 1 == layout->count && !right)
        width = 0; /* nothing stands behind it */
    snprintf(padded, sizeof padded, "%*s", right ? width : -width, text);
    if (width > 0) /* later releases of the library look at no heading that is not shown */
        scols_column_set_whint(column, width);
    return scols_cell_set_data(heading, padded) == 0;
}

struct libscols_table *print_page_new(const struct layout *layout, bool headings)
{
    struct libscols_table *table = new_table();
    bool set = table != NULL;

    for (size_t i = 0; set && i < layout->count; i++)
        set = add_layout_column(table, &layout->columns[i]) &&
              set_heading(scols_table_get_column(table, i), layout, i);
    if (!set) {
        print_table_drop(table);
        return NULL;
    }
    scols_table_enable_noheadings(table, !headings);
    return table;
}

static void colour_line(struct libscols_line *line, const struct columns *columns,
                        const struct listing *listing)
{
    for (size_t i = 0; i < columns->count; i++)
        if (print_column_warns(columns->index[i], listing))
            scols_cell_set_color(scols_line_get_cell(line, i), "red");
}

/* Later releases of the library give no room to a column that has nothing on this page. */
static bool set_cell(struct libscols_line *line, const struct layout *layout, size_t i,
                     const char *text)
{
    bool is_last = i + 1 == layout->count;

    return scols_line_set_data(line, i, text[0] != '\0' || is_last ? text : " ") == 0;
}

bool print_table_add(struct libscols_table *table, const struct columns *columns,
                     const struct layout *layout, const struct listing *listing)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    char cell[CELL_SIZE];

    for (size_t i = 0; line != NULL && i < columns->count; i++) {
        print_cell(listing, columns->index[i], cell);
        layout_cut(layout, i, cell);
        if (!set_cell(line, layout, i, cell))
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

void print_account_row(const struct tool *tool, const struct account *account, FILE *out)
{
    struct listing listing = { .account = *account,
                               .extra.state = account_state(account, &tool->policy, tool->now) };
    struct libscols_table *table;
    struct columns columns;
    struct layout layout;

    print_default_columns(&columns);
    print_columns_begin(&columns, &layout);
    print_columns_measure(&columns, &listing, &layout);
    layout_fit(&layout, terminal_width(out));
    table = print_page_new(&layout, true);
    if (table != NULL && print_table_add(table, &columns, &layout, &listing))
        print_table_end(table, out);
    else
        scols_unref_table(table);
    explicit_bzero(listing.account.hash, sizeof listing.account.hash);
}

/* -- the audit log ------------------------------------------------------------------------ */

static const struct layout_column audit_columns[] = {
    { "time", 10, false }, { "event", 7, false },  { "username", 8, false }, { "actor", 5, false },
    { "via", 5, false },   { "origin", 7, false }, { "change", 24, false },
};
enum {
    AUDIT_COLUMNS = sizeof audit_columns / sizeof audit_columns[0],
    AUDIT_CHANGE = AUDIT_COLUMNS - 1
};

static void write_audit_cell(const struct audit_row *row, size_t i, char ret[CELL_SIZE])
{
    char time[WHEN_SIZE];
    const char *const texts[AUDIT_COLUMNS] = { time,     row->event,  row->username, row->actor,
                                               row->via, row->origin, row->change };

    when_format(row->at, "-", time);
    print_escape(texts[i], ret, CELL_SIZE);
}

void print_audit_begin(struct layout *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < AUDIT_COLUMNS; i++)
        layout_add(ret, &audit_columns[i]);
}

void print_audit_measure(const struct audit_row *row, struct layout *layout)
{
    char cell[CELL_SIZE];

    for (size_t i = 0; i < AUDIT_COLUMNS; i++) {
        write_audit_cell(row, i, cell);
        layout_widen(layout, i, cell);
    }
}

/* The library would wrap, too, but each page to another width. */
static bool add_wrapped(struct libscols_table *table, struct libscols_line *line,
                        const struct layout *layout, const char *text)
{
    char part[CELL_SIZE];

    for (; line != NULL; line = scols_table_new_line(table, NULL)) {
        size_t length = layout_room(layout, AUDIT_CHANGE, text);

        snprintf(part, sizeof part, "%.*s", (int)length, text);
        if (scols_line_set_data(line, AUDIT_CHANGE, part) != 0)
            return false;
        text += length;
        if (*text == '\0' || length == 0)
            return true;
    }
    return false;
}

bool print_audit_add(struct libscols_table *table, const struct layout *layout,
                     const struct audit_row *row)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    char cell[CELL_SIZE];

    for (size_t i = 0; line != NULL && i < AUDIT_CHANGE; i++) {
        write_audit_cell(row, i, cell);
        layout_cut(layout, i, cell);
        if (!set_cell(line, layout, i, cell))
            return false;
    }
    write_audit_cell(row, AUDIT_CHANGE, cell);
    return add_wrapped(table, line, layout, cell);
}

/* -- the policy --------------------------------------------------------------------------- */

/* On a narrow terminal all but the key are cut, and the meaning goes on below. */
static void give_way(struct libscols_table *table)
{
    size_t count = scols_table_get_ncols(table);

    for (size_t i = 1; i < count; i++)
        scols_column_set_flags(scols_table_get_column(table, i),
                               i + 1 < count ? SCOLS_FL_TRUNC : SCOLS_FL_WRAP);
}

struct libscols_table *print_policy_new(void)
{
    static const char *const names[] = { "key", "value", "default", "range", "meaning" };
    struct libscols_table *table = new_table();

    if (table != NULL && add_columns(table, names, sizeof names / sizeof names[0])) {
        give_way(table);
        return table;
    }
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
