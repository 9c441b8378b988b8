/*
 * How wide the columns of a table are: looked at for all rows before the first is printed, so that a
 * list of any length goes page by page through little memory. On a terminal the widest give way until
 * a line fits.
 */
#include "layout.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "columns.h"
#include "escape.h"

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

void layout_widen(struct layout *layout, size_t i, const char *text)
{
    size_t width = width_of(text);

    if (width > layout->width[i])
        layout->width[i] = width;
}

void layout_add(struct layout *layout, const struct layout_column *column)
{
    size_t i = layout->count++;

    layout->columns[i] = *column;
    layout->width[i] = 0;
    layout_widen(layout, i, column->name);
}

static size_t line_width(const struct layout *layout)
{
    size_t width = layout->count - 1; /* the spaces between */

    for (size_t i = 0; i < layout->count; i++)
        width += layout->width[i];
    return width;
}

/* The widest of those above what `mild` leaves them; count when there is none. */
static size_t find_widest(const struct layout *layout, bool mild)
{
    size_t widest = layout->count;

    for (size_t i = 0; i < layout->count; i++) {
        size_t least = mild ? layout->columns[i].least : NARROWEST;

        if (layout->width[i] > least &&
            (widest == layout->count || layout->width[i] > layout->width[widest]))
            widest = i;
    }
    return widest;
}

void layout_fit(struct layout *layout, size_t width)
{
    while (width > 0 && line_width(layout) > width) {
        size_t widest = find_widest(layout, true);

        if (widest == layout->count)
            widest = find_widest(layout, false);
        if (widest == layout->count)
            return;
        layout->width[widest]--;
    }
}

size_t layout_room(const struct layout *layout, size_t i, const char *text)
{
    size_t room = layout->width[i], used = 0;
    mbstate_t state = { 0 };
    wchar_t c;

    if (strlen(text) <= room)
        return strlen(text);
    while (text[used] != '\0') {
        size_t length = mbrtowc(&c, text + used, strlen(text + used), &state);
        int width = length != 0 && length <= 4 ? wcwidth(c) : -1;

        if (width < 0 || (size_t)width > room)
            break;
        room -= (size_t)width;
        used += length;
    }
    return used;
}

void layout_cut(const struct layout *layout, size_t i, char *text)
{
    text[layout_room(layout, i, text)] = '\0';
}
