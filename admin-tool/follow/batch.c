/*
 * A batch gathered. What is taken of a line is looked at before it is kept, and once more when its entry's turn comes: so
 * there is one way to read it, and nothing of it in memory meanwhile.
 */
#include "batch.h"

#include <string.h>

#include "import/batch.h"
#include "sql/memory.h"
#include "sql/said.h"
#include "terminal/command.h"
#include "line.h"

void batch_begin(struct batch *ret, struct tool *tool, struct line_reader *reader)
{
    *ret = (struct batch){ .host = { .tool = tool, .store_decides = true }, .reader = reader };
    ret->host.noted = BATCH_MAX; /* what an import would note, nobody reads here */
}

void batch_forget_host(struct batch *batch)
{
    import_batch_free(&batch->host);
    batch->host = (struct import_batch){ .tool = batch->host.tool };
}

void batch_free(struct batch *batch)
{
    said_list_free(batch->said);
    import_batch_free(&batch->host);
    *batch = (struct batch){ .said = NULL };
}

static bool add_uuids(struct batch *batch, const struct line *line)
{
    enum said_what what = line->kind == LINE_GONE ? SAID_GONE : SAID_PRESENT;
    enum store_result result = STORE_OK;

    batch->entries += line->uuid_count;
    for (size_t i = 0; result == STORE_OK && i < line->uuid_count; i++)
        result = said_add_uuid(batch->said, line->uuids + FLEET_UUID_SIZE * i, what);
    return result == STORE_OK;
}

/* Lines that are no last word count, too: whoever speaks without an end is not listened to. */
static bool has_room(struct batch *batch, const struct fleet_entry *entry)
{
    const struct account *account = &entry->record.account;
    const char *const texts[] = { entry->csn, entry->changed_by, entry->reason, entry->why, account->email, account->full_name,
                                  account->home, account->shell, account->hash, entry->record.keys };

    batch->entries++;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        batch->octets += texts[i] != NULL ? strlen(texts[i]) : 0;
    return batch->octets <= BATCH_OCTETS_MAX;
}

static bool add_entry(struct batch *batch, const struct line *line, const char *text)
{
    const struct fleet_entry *entry = &line->entry;

    return has_room(batch, entry) &&
           said_add_entry(batch->said, entry->entry_uuid, line->kind == LINE_ENTRY ? SAID_ENTRY : SAID_UNREADABLE, entry->word,
                          text) == STORE_OK;
}

bool batch_add(struct batch *batch, const struct line *line, const char *text)
{
    if (batch->said == NULL)
        batch->said = said_list_new();
    if (batch->said == NULL || batch->entries >= BATCH_MAX)
        return false;
    switch (line->kind) {
    case LINE_ENTRY:
    case LINE_UNREADABLE:
        return add_entry(batch, line, text);
    case LINE_GONE:
    case LINE_PRESENT:
        return add_uuids(batch, line);
    default:
        batch->absent = line->truth;
        return true;
    }
}

bool batch_is_empty(const struct batch *batch)
{
    return batch->entries == 0 && !batch->absent;
}

enum store_result batch_read(const struct batch *batch, const struct said *said, struct line *ret)
{
    char *text = NULL;
    enum store_result result = said_line(batch->said, said->number, &text);

    memset(ret, 0, sizeof *ret);
    if (result == STORE_OK && !line_read(batch->reader, text, ret))
        result = STORE_FAILED;
    store_text_free(text);
    return result;
}
