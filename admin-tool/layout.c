/*
 * How wide the columns of a list are: looked at for all rows before the first is printed, so that a
 * list of any length goes page by page through little memory. On a terminal the widest give way until
 * a line fits.
 */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "command.h"

enum { NARROWEST = 4 };

/* In columns of the terminal; text is escaped, so every character of it is printable. */
static size_t width_of(const char *text)
{
    wchar_t wide[CELL_SIZE];
    size_t length;
    int width;

    if (print_is_plain(text))
        return strlen(text);
    length = mbstowcs(wide, text, CELL_SIZE);
    width = length < CELL_SIZE ? wcswidth(wide, length) : -1;
    return width >= 0 ? (size_t)width : strlen(text);
}

static void widen(struct layout *layout, size_t i, const char *text)
{
    size_t width = width_of(text);

    if (width > layout->width[i])
        layout->width[i] = width;
}

void layout_begin(const struct columns *columns, struct layout *ret)
{
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < columns->count; i++)
        widen(ret, i, print_column_name(columns->index[i]));
}

void layout_measure(struct layout *layout, const struct columns *columns,
                    const struct listing *listing)
{
    char cell[CELL_SIZE];

    for (size_t i = 0; i < columns->count; i++) {
        print_cell(listing, columns->index[i], cell);
        widen(layout, i, cell);
    }
}

static size_t line_width(const struct layout *layout, size_t count)
{
    size_t width = count - 1; /* the spaces between */

    for (size_t i = 0; i < count; i++)
        width += layout->width[i];
    return width;
}

static size_t find_widest(const struct layout *layout, size_t count)
{
    size_t widest = 0;

    for (size_t i = 1; i < count; i++)
        if (layout->width[i] > layout->width[widest])
            widest = i;
    return widest;
}

void layout_fit(struct layout *layout, const struct columns *columns, size_t width)
{
    while (width > 0 && line_width(layout, columns->count) > width) {
        size_t widest = find_widest(layout, columns->count);

        if (layout->width[widest] <= NARROWEST)
            return;
        layout->width[widest]--;
    }
}
