/*
 * A page of a table. Columns are libsmartcols'; the widths are ours, so that all pages of a long list have the same.
 */
#include "page.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "sql/ascii.h"
#include "columns.h"
#include "layout.h"
#include "terminal.h"

enum { HEADING_SIZE = 64 };

struct page {
    const struct layout *layout;
    FILE *out;
    struct libscols_table *table; /* NULL: blocks */
    bool first;                   /* nothing was printed yet */
};

static void write_heading(const struct layout *layout, size_t i, char ret[HEADING_SIZE])
{
    const char *name = layout->columns[i].name;
    size_t length = 0;

    for (; length < HEADING_SIZE - 1 && name[length] != '\0'; length++)
        ret[length] = ascii_upper(name[length]);
    ret[length] = '\0';
}

/* As wide as the column is to be: no table of a list is narrower than its headings, shown or not. */
static bool add_column(struct libscols_table *table, const struct layout *layout, size_t i)
{
    bool right = layout->columns[i].right;
    int width = (int)layout->width[i];
    char heading[HEADING_SIZE], padded[CELL_SIZE];
    struct libscols_column *column;

    write_heading(layout, i, heading);
    if (i + 1 == layout->count && !right)
        width = 0; /* nothing stands behind it */
    snprintf(padded, sizeof padded, "%*s", right ? width : -width, heading);
    column = scols_table_new_column(table, padded, 0, right ? SCOLS_FL_RIGHT : 0);
    if (column != NULL && width > 0) /* later releases of the library look at no heading that is not shown */
        scols_column_set_whint(column, width);
    return column != NULL;
}

static struct libscols_table *new_table(const struct layout *layout, bool headings)
{
    struct libscols_table *table = scols_new_table();
    bool added = table != NULL;

    for (size_t i = 0; added && i < layout->count; i++)
        added = add_column(table, layout, i);
    if (!added) {
        scols_unref_table(table);
        return NULL;
    }
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_noencoding(table, 1); /* the cells are escaped already */
    scols_table_enable_noheadings(table, !headings);
    return table;
}

struct page *page_new(const struct layout *layout, bool first, FILE *out)
{
    struct page *page = calloc(1, sizeof *page);

    if (page == NULL)
        return NULL;
    *page = (struct page){ .layout = layout, .out = out, .first = first };
    if (!layout->blocks && (page->table = new_table(layout, first)) == NULL) {
        free(page);
        return NULL;
    }
    return page;
}

/* Later releases of the library give no room to a column that has nothing on this page. */
static bool set_cell(struct libscols_line *line, const struct layout *layout, size_t i, const char *text)
{
    bool is_last = i + 1 == layout->count;

    return scols_line_set_data(line, i, text[0] != '\0' || is_last ? text : " ") == 0;
}

/* The library would wrap, too, but each page to another width. */
static bool add_going_on(struct page *page, struct libscols_line *line, size_t i, const char *text)
{
    char part[CELL_SIZE];

    for (; line != NULL; line = scols_table_new_line(page->table, NULL)) {
        size_t length = layout_room(page->layout, i, text);

        snprintf(part, sizeof part, "%.*s", (int)length, text);
        if (!set_cell(line, page->layout, i, part))
            return false;
        text += length;
        if (*text == '\0' || length == 0)
            return true;
    }
    return false;
}

static bool add_line(struct page *page, char cells[LAYOUT_MAX][CELL_SIZE], size_t red)
{
    struct libscols_line *line = scols_table_new_line(page->table, NULL);
    const struct layout *layout = page->layout;
    bool added = line != NULL;

    for (size_t i = 0; added && i < layout->count; i++) {
        if (layout->columns[i].way == LAYOUT_GOES_ON)
            return add_going_on(page, line, i, cells[i]); /* the last one */
        if (layout->columns[i].way == LAYOUT_GIVES_WAY)
            layout_cut(layout, i, cells[i], CELL_SIZE);
        added = set_cell(line, layout, i, cells[i]);
        if (added && i == red)
            scols_cell_set_color(scols_line_get_cell(line, i), "red");
    }
    return added;
}

static void print_block(struct page *page, char cells[LAYOUT_MAX][CELL_SIZE], size_t red)
{
    const struct layout *layout = page->layout;
    bool colours = terminal_has_colours(page->out);
    char heading[HEADING_SIZE];

    if (!page->first)
        putc('\n', page->out);
    page->first = false;
    for (size_t i = 0; i < layout->count; i++) {
        bool is_red = i == red && colours;

        write_heading(layout, i, heading);
        fprintf(page->out, "%-*s %s%s%s\n", (int)layout->heading, heading, is_red ? "\033[31m" : "", cells[i],
                is_red ? "\033[0m" : "");
    }
}

bool page_add(struct page *page, char cells[LAYOUT_MAX][CELL_SIZE], size_t red)
{
    if (page->table != NULL)
        return add_line(page, cells, red);
    print_block(page, cells, red);
    return true;
}

void page_end(struct page *page)
{
    size_t width = page != NULL ? terminal_width(page->out) : 0;

    if (page != NULL && page->table != NULL) {
        scols_table_set_stream(page->table, page->out);
        scols_table_enable_colors(page->table, terminal_has_colours(page->out));
        if (width > 0) {
            scols_table_set_termforce(page->table, SCOLS_TERMFORCE_ALWAYS);
            scols_table_set_termwidth(page->table, width);
        }
        scols_print_table(page->table);
    }
    page_drop(page);
}

void page_drop(struct page *page)
{
    if (page != NULL)
        scols_unref_table(page->table);
    free(page);
}
