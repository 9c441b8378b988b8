/*
 * For people: tables of accounts and of the audit log. Every cell is escaped before it is shown;
 * JSON text comes from sql/.
 */
#include <ctype.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>

#include "print.h"

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

static struct libscols_table *new_account_table(const struct columns *columns)
{
    const char *names[sizeof columns->index / sizeof columns->index[0]];
    struct libscols_table *table = new_table();

    for (size_t i = 0; i < columns->count; i++)
        names[i] = print_column_name(columns->index[i]);
    if (table == NULL || !add_columns(table, names, columns->count)) {
        scols_unref_table(table);
        return NULL;
    }
    for (size_t i = 0; i < columns->count; i++)
        if (print_column_is_number(columns->index[i]))
            scols_column_set_flags(scols_table_get_column(table, i), SCOLS_FL_RIGHT);
    return table;
}

/* As wide as the column is to be: no table of a page is narrower than its headings, shown or not. */
static bool set_heading(struct libscols_column *column, const struct layout *layout, size_t i,
                        bool is_last)
{
    struct libscols_cell *heading = scols_column_get_header(column);
    bool right = (scols_column_get_flags(column) & SCOLS_FL_RIGHT) != 0;
    int width = (int)layout->width[i];
    char text[CELL_SIZE], padded[CELL_SIZE];

    snprintf(text, sizeof text, "%s", scols_cell_get_data(heading));
    layout_cut(layout, i, text);
    if (is_last && !right)
        width = 0; /* nothing stands behind it */
    snprintf(padded, sizeof padded, "%*s", right ? width : -width, text);
    if (width > 0) /* later releases of the library look at no heading that is not shown */
        scols_column_set_whint(column, width);
    return scols_cell_set_data(heading, padded) == 0;
}

struct libscols_table *print_page_new(const struct columns *columns, const struct layout *layout,
                                      bool headings)
{
    struct libscols_table *table = new_account_table(columns);
    bool set = table != NULL;

    for (size_t i = 0; set && i < columns->count; i++)
        set = set_heading(scols_table_get_column(table, i), layout, i, i + 1 == columns->count);
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

bool print_table_add(struct libscols_table *table, const struct columns *columns,
                     const struct layout *layout, const struct listing *listing)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    char cell[CELL_SIZE];

    for (size_t i = 0; line != NULL && i < columns->count; i++) {
        print_cell(listing, columns->index[i], cell);
        layout_cut(layout, i, cell);
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
    struct layout layout;

    print_default_columns(&columns);
    layout_begin(&columns, &layout);
    layout_measure(&layout, &columns, &listing);
    layout_fit(&layout, &columns, terminal_width(out));
    table = print_page_new(&columns, &layout, true);
    if (table != NULL && print_table_add(table, &columns, &layout, &listing))
        print_table_end(table, out);
    else
        scols_unref_table(table);
    explicit_bzero(listing.account.hash, sizeof listing.account.hash);
}

/* -- the audit log ------------------------------------------------------------------------ */

/* On a narrow terminal the columns from `first` on are cut, and the last one goes on below. */
static void give_way(struct libscols_table *table, size_t first)
{
    size_t count = scols_table_get_ncols(table);

    for (size_t i = first; i < count; i++)
        scols_column_set_flags(scols_table_get_column(table, i),
                               i + 1 < count ? SCOLS_FL_TRUNC : SCOLS_FL_WRAP);
}

struct libscols_table *print_audit_new(void)
{
    static const char *const names[] = { "time", "event", "username", "actor", "via", "origin",
                                         "change" };
    struct libscols_table *table = new_table();

    if (table != NULL && add_columns(table, names, sizeof names / sizeof names[0])) {
        give_way(table, 0);
        return table;
    }
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

    if (table != NULL && add_columns(table, names, sizeof names / sizeof names[0])) {
        give_way(table, 1);
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
