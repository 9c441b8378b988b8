/*
 * Rows are many and their facts short, so each is one piece of memory.
 */
#include "fleet_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct fleet_rows *rows)
{
    size_t room = 2 * rows->room + 16;
    struct fleet_row *list;

    if (rows->count < rows->room)
        return true;
    list = realloc(rows->list, room * sizeof *list);
    if (list == NULL)
        return false;
    rows->list = list;
    rows->room = room;
    return true;
}

/* In memory of its own. False: that is short. */
static bool join_facts(const char *const facts[FLEET_FACTS], struct fleet_row *ret)
{
    size_t size;
    FILE *out = open_memstream(&ret->texts, &size);

    if (out == NULL)
        return false;
    for (size_t i = 0; i < FLEET_FACTS; i++)
        fwrite(facts[i], 1, strlen(facts[i]) + 1, out);
    if (fclose(out) == 0)
        return true;
    free(ret->texts);
    return false;
}

bool fleet_rows_add(struct fleet_rows *rows, const char *const facts[FLEET_FACTS])
{
    if (!make_room(rows) || !join_facts(facts, &rows->list[rows->count]))
        return false;
    rows->count++;
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
