/*
 * A batch gathered. Accounts are packed as an import's are; of one entry the last word counts.
 */
#include "batch.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "import/batch.h"
#include "terminal/command.h"
#include "line.h"

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct said *)a)->entry_uuid, ((const struct said *)b)->entry_uuid);
}

void batch_begin(struct batch *ret, struct tool *tool)
{
    *ret = (struct batch){ .accounts = { .tool = tool } };
    ret->accounts.noted = BATCH_MAX; /* what an import would note, nobody reads here */
}

static void forget(void *said)
{
    (void)said; /* the list has it */
}

void batch_free(struct batch *batch)
{
    tdestroy(batch->tree, forget);
    for (size_t i = 0; i < batch->count; i++) {
        free(batch->said[i]->texts);
        free(batch->said[i]);
    }
    free(batch->said);
    import_batch_free(&batch->accounts);
    *batch = (struct batch){ .count = 0 };
}

static bool make_room(struct batch *batch)
{
    size_t room = 2 * batch->room + 64;
    struct said **said;

    if (batch->count < batch->room)
        return true;
    said = batch->count < BATCH_MAX ? reallocarray(batch->said, room, sizeof(struct said *)) : NULL;
    if (said == NULL)
        return false;
    batch->said = said;
    batch->room = room;
    return true;
}

/* The one of this entry, or a new one. NULL: no memory. */
static struct said *find_or_add(struct batch *batch, const char *entry_uuid)
{
    struct said *said = calloc(1, sizeof *said), **found;

    if (said == NULL || !make_room(batch)) {
        free(said);
        return NULL;
    }
    memcpy(said->entry_uuid, entry_uuid, sizeof said->entry_uuid);
    batch->said[batch->count] = said;
    found = tsearch(said, &batch->tree, compare);
    if (found == NULL || *found != said) {
        free(said);
        return found != NULL ? *found : NULL;
    }
    batch->count++;
    return said;
}

static bool add_uuids(struct batch *batch, const struct line *line)
{
    for (size_t i = 0; i < line->uuid_count; i++) {
        struct said *said = find_or_add(batch, line->uuids + FLEET_UUID_SIZE * i);

        if (said == NULL)
            return false;
        if (line->kind == LINE_GONE)
            said->what = SAID_GONE;
        else if (said->texts == NULL) /* else more is known than that it is as it was */
            said->what = SAID_PRESENT;
    }
    return true;
}

static char *pack(const char *csn, const char *changed_by, const char *reason, const char *why)
{
    char *texts = malloc(strlen(csn) + strlen(changed_by) + strlen(reason) + strlen(why) + 4);

    if (texts != NULL)
        stpcpy(stpcpy(stpcpy(stpcpy(texts, csn) + 1, changed_by) + 1, reason) + 1, why);
    return texts;
}

/* Rows that are no last word are kept, so they are counted. */
static bool has_room(struct batch *batch, const struct fleet_entry *entry)
{
    const struct account *account = &entry->record.account;
    const char *const texts[] = { entry->csn, entry->changed_by, entry->reason, entry->why, account->email, account->full_name,
                                  account->home, account->shell, account->hash, entry->record.keys };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        batch->octets += texts[i] != NULL ? strlen(texts[i]) : 0;
    return batch->accounts.count < BATCH_MAX && batch->octets <= BATCH_OCTETS_MAX;
}

/* A row that is not the last word of its entry stays, and is asked no more. An entry that nobody can read any more does not
 * take back that it was suspended. */
static bool add_entry(struct batch *batch, const struct line *line)
{
    const struct fleet_entry *entry = &line->entry;
    struct said *said = has_room(batch, entry) ? find_or_add(batch, entry->entry_uuid) : NULL;
    char *texts = pack(entry->csn, entry->changed_by, entry->reason, entry->why);

    if (said == NULL || texts == NULL || !import_batch_add(&batch->accounts, &entry->record, ROW_CHANGE)) {
        free(texts);
        return false;
    }
    free(said->texts);
    said->texts = texts;
    said->row = batch->accounts.count - 1;
    said->what = line->kind == LINE_ENTRY ? SAID_ENTRY : SAID_UNREADABLE;
    if (entry->word != WORD_NONE)
        said->word = entry->word;
    return true;
}

bool batch_add(struct batch *batch, const struct line *line)
{
    switch (line->kind) {
    case LINE_ENTRY:
    case LINE_UNREADABLE:
        return add_entry(batch, line);
    case LINE_GONE:
    case LINE_PRESENT:
        return add_uuids(batch, line);
    default:
        batch->refreshed = true;
        batch->absent = line->truth;
        return true;
    }
}

bool batch_is_empty(const struct batch *batch)
{
    return batch->count == 0 && !batch->absent;
}

const struct said *batch_find(const struct batch *batch, const char *entry_uuid)
{
    struct said wanted, **found;

    memcpy(wanted.entry_uuid, entry_uuid, sizeof wanted.entry_uuid);
    found = tfind(&wanted, &batch->tree, compare);
    return found != NULL ? *found : NULL;
}

struct said_texts said_texts(const struct said *said)
{
    struct said_texts texts = { .csn = said->texts != NULL ? said->texts : "\0\0\0" };

    texts.changed_by = texts.csn + strlen(texts.csn) + 1;
    texts.reason = texts.changed_by + strlen(texts.changed_by) + 1;
    texts.why = texts.reason + strlen(texts.reason) + 1;
    return texts;
}

bool said_refuse(struct said *said, const char *why)
{
    struct said_texts had = said_texts(said);
    char *texts = pack(had.csn, had.changed_by, had.reason, why);

    if (texts == NULL)
        return false;
    free(said->texts);
    said->texts = texts;
    return true;
}
