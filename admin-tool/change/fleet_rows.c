/*
 * Rows are many and their facts short, so each is one piece of memory.
 */
#include "fleet_rows.h"

#include <stdlib.h>
#include <string.h>

/* In memory of its own; NULL: that is short. */
static char *join_facts(const char *const facts[FLEET_FACTS])
{
    size_t size = 0, used = 0;
    char *texts;

    for (size_t i = 0; i < FLEET_FACTS; i++)
        size += strlen(facts[i]) + 1;
    texts = malloc(size);
    for (size_t i = 0; texts != NULL && i < FLEET_FACTS; i++) {
        memcpy(texts + used, facts[i], strlen(facts[i]) + 1);
        used += strlen(facts[i]) + 1;
    }
    return texts;
}

bool fleet_rows_add(struct fleet_rows *rows, const char *const facts[FLEET_FACTS])
{
    if (rows->count == rows->room) {
        size_t room = 2 * rows->room + 16;
        struct fleet_row *list = realloc(rows->list, room * sizeof *list);

        if (list == NULL)
            return false;
        rows->list = list;
        rows->room = room;
    }
    rows->list[rows->count].texts = join_facts(facts);
    if (rows->list[rows->count].texts == NULL)
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
