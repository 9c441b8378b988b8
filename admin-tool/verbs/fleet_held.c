/*
 * What was held back.
 */
#include "fleet_held.h"

#include <stdlib.h>
#include <string.h>

#include "sql/json.h"
#include "sql/memory.h"
#include "terminal/when.h"
#include "terminal/words.h"

enum { PAGE_SIZE = 64, SHOWN_MAX = 100 };

static const char *kind_name(enum fleet_held_kind kind)
{
    switch (kind) {
    case HELD_VANISHED:
        return "vanished";
    case HELD_REMARK:
        return "remark";
    case HELD_DELETED:
        return "deleted";
    case HELD_ENTRY:
    default:
        return "entry";
    }
}

enum store_result held_list_read(struct store *store, struct held_list *ret)
{
    enum store_result result = STORE_OK;
    size_t count = PAGE_SIZE;

    while (result == STORE_OK && count == PAGE_SIZE) {
        struct fleet_held *grown = reallocarray(ret->list, ret->count + PAGE_SIZE, sizeof *grown);

        if (grown == NULL)
            return STORE_FAILED;
        ret->list = grown;
        result = store_fleet_held(store, ret->count > 0 ? grown[ret->count - 1].entry_uuid : "", grown + ret->count,
                                  PAGE_SIZE, &count);
        if (result == STORE_OK)
            ret->count += count;
    }
    return result;
}

void held_list_free(struct held_list *held)
{
    free(held->list);
    *held = (struct held_list){ .list = NULL };
}

static char *make_object(const struct fleet_held *held)
{
    return json_make_object("ttttw", "username", held->username[0] != '\0' ? held->username : NULL, "entry_uuid",
                            held->entry_uuid, "kind", kind_name(held->kind), "why", held->why, "since", held->since);
}

char *held_list_json(const struct held_list *held)
{
    char *text = NULL, *object = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    fputs("[", out);
    for (size_t i = 0; i < held->count; i++) {
        object = make_object(&held->list[i]);
        fprintf(out, "%s%s", i == 0 ? "" : ",", object != NULL ? object : "?"); /* which is no JSON */
        store_text_free(object);
    }
    fputs("]", out);
    if (fclose(out) != 0)
        return NULL;
    object = json_make_object("j", "entries", text);
    free(text);
    return object;
}

void held_list_print(const struct held_list *held, FILE *out)
{
    static const char *const names[] = { "USERNAME", "KIND", "SINCE", "WHY" };
    struct libscols_table *table = held->count > 0 ? words_new(names, 4) : NULL;
    bool added = table != NULL;

    for (size_t i = 0; added && i < held->count && i < SHOWN_MAX; i++) {
        const struct fleet_held *one = &held->list[i];
        char since[WHEN_SIZE];
        const char *const texts[] = { one->username[0] != '\0' ? one->username : "-", kind_name(one->kind), since, one->why };

        when_format(one->since, "-", since);
        added = words_add(table, texts, 4);
    }
    if (table == NULL)
        return;
    fputc('\n', out);
    words_end(table, out);
    if (held->count > SHOWN_MAX)
        fprintf(out, "and %zu more; see 'admin-tool fleet status -o json'\n", held->count - SHOWN_MAX);
}
