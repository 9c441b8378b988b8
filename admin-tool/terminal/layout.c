/*
 * How wide the columns of a table are: looked at for all rows before the first is printed, so that a
 * list of any length goes page by page through little memory. On a terminal the widest of those that may
 * give way until a line fits.
 */
#include "layout.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "columns.h"
#include "escape.h"

enum { LEAST = 12, LEAST_GOING_ON = 24 }; /* what still makes sense */

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
    if (strlen(column->name) > layout->heading)
        layout->heading = strlen(column->name);
    layout_widen(layout, i, column->name);
}

static size_t line_width(const struct layout *layout)
{
    size_t width = layout->count - 1; /* the spaces between */

    for (size_t i = 0; i < layout->count; i++)
        width += layout->width[i];
    return width;
}

static size_t least_width(const struct layout *layout, size_t i)
{
    size_t heading = strlen(layout->columns[i].name);
    size_t least = layout->columns[i].way == LAYOUT_GOES_ON ? LEAST_GOING_ON : LEAST;

    if (layout->columns[i].way == LAYOUT_KEEPS)
        return layout->width[i];
    return heading > least ? heading : least;
}

/* count when there is none left. */
static size_t find_widest(const struct layout *layout)
{
    size_t widest = layout->count;

    for (size_t i = 0; i < layout->count; i++)
        if (layout->width[i] > least_width(layout, i) &&
            (widest == layout->count || layout->width[i] > layout->width[widest]))
            widest = i;
    return widest;
}

void layout_fit(struct layout *layout, size_t width)
{
    while (width > 0 && line_width(layout) > width) {
        size_t widest = find_widest(layout);

        if (widest == layout->count) {
            layout->blocks = true;
            return;
        }
        layout->width[widest]--;
    }
}

/* How many octets of a text have room in so many columns. */
static size_t room_in(size_t room, const char *text)
{
    mbstate_t state = { 0 };
    size_t used = 0;
    wchar_t c;

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

size_t layout_room(const struct layout *layout, size_t i, const char *text)
{
    return room_in(layout->width[i], text);
}

void layout_cut(const struct layout *layout, size_t i, char *text, size_t size)
{
    const char *ellipsis = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? "\u2026" : "...";
    size_t room = layout->width[i], used;

    if (width_of(text) <= room)
        return;
    used = room_in(room - width_of(ellipsis), text);
    snprintf(text + used, size - used, "%s", ellipsis);
}
