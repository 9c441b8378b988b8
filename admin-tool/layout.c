/*
 * How wide the columns of a list are: looked at for all rows before the first is printed, so that a
 * list of any length goes page by page through little memory. On a terminal the widest give way until
 * a line fits.
 */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "print.h"

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

/* The widest of those above what `least` asks for; count when there is none. */
static size_t find_widest(const struct layout *layout, const struct columns *columns, bool mild)
{
    size_t widest = columns->count;

    for (size_t i = 0; i < columns->count; i++) {
        size_t least = mild ? print_column_least(columns->index[i]) : NARROWEST;

        if (layout->width[i] > least &&
            (widest == columns->count || layout->width[i] > layout->width[widest]))
            widest = i;
    }
    return widest;
}

void layout_fit(struct layout *layout, const struct columns *columns, size_t width)
{
    while (width > 0 && line_width(layout, columns->count) > width) {
        size_t widest = find_widest(layout, columns, true);

        if (widest == columns->count)
            widest = find_widest(layout, columns, false);
        if (widest == columns->count)
            return;
        layout->width[widest]--;
    }
}

void layout_cut(const struct layout *layout, size_t i, char *text)
{
    size_t room = layout->width[i];
    mbstate_t state = { 0 };
    wchar_t c;

    if (strlen(text) <= room)
        return;
    while (*text != '\0') {
        size_t length = mbrtowc(&c, text, strlen(text), &state);
        int width = length != 0 && length <= 4 ? wcwidth(c) : -1;

        if (width < 0 || (size_t)width > room)
            break;
        room -= (size_t)width;
        text += length;
    }
    *text = '\0';
}
