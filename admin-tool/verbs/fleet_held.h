/*
 * What was held back of what the fleet sent, as it is shown.
 */
#ifndef CODER_VERBS_FLEET_HELD_H
#define CODER_VERBS_FLEET_HELD_H

#include <stddef.h>
#include <stdio.h>

#include "sql/store.h"
#include "sql/store_fleet_held.h"

struct held_list {
    struct fleet_held *list;
    size_t count;
};

/* All of it, for held_list_free. */
enum store_result held_list_read(struct store *store, struct held_list *ret);
void held_list_free(struct held_list *held);

/* {"entries": [...]}, for store_text_free; NULL when memory is short. */
char *held_list_json(const struct held_list *held);

/* A table below an empty line; nothing when there is none. Of very many the first. */
void held_list_print(const struct held_list *held, FILE *out);

#endif
