/*
 * Rows are many and their facts short, so each is one piece of memory.
 */
#include "fleet_rows.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct fleet_rows *rows)
{
    size_t room = 2 * rows->room + 16;
    struct fleet_row *list;

    if (rows->count < rows->room)
        return true;
    list = reallocarray(rows->list, room, sizeof *list);
    if (list == NULL)
        return false;
    rows->list = list;
    rows->room = room;
    return true;
}

bool fleet_rows_add(struct fleet_rows *rows, const char *const facts[FLEET_FACTS])
{
    size_t size = 0, used = 0;
    char *texts;

    for (size_t i = 0; i < FLEET_FACTS; i++)
        size += strlen(facts[i]) + 1;
    texts = make_room(rows) ? malloc(size) : NULL;
    if (texts == NULL)
        return false;
    for (size_t i = 0; i < FLEET_FACTS; i++) {
        memcpy(texts + used, facts[i], strlen(facts[i]) + 1);
        used += strlen(facts[i]) + 1;
    }
    rows->list[rows->count++].texts = texts;
    return true;
}

const char *fleet_row_fact(const struct fleet_row *row, enum fleet_fact fact)
{
    const char *text = row->texts;

    for (size_t i = 0; i < (size_t)fact; i++)
        text += strlen(text) + 1;
    return text;
}

void fleet_rows_free(struct fleet_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->list[i].texts);
    free(rows->list);
    *rows = (struct fleet_rows){ .list = NULL };
}
