/*
 * Held is noted, and judged again later: a name may become free, a policy be another one. But whoever makes entries
 * without an end must not fill the disk with what is kept of them.
 */
#include "hold.h"

#include <stdio.h>
#include <string.h>

#include "sql/memory.h"
#include "sql/said.h"
#include "sql/store.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "applying.h"
#include "batch.h"
#include "line.h"

/* More than any fleet has; lines: 64 MB together. */
enum { GRAVES_MAX = 1000000, HELD_MAX = 200000, LINES_MAX = 1000, LINE_KEPT_MAX = 65536 };

/* What there is, once for each batch. */
static enum store_result count_kept(struct applying *applying)
{
    enum store_result result = applying->counted ? STORE_OK : store_fleet_count_kept(applying->tool->store, &applying->kept);

    applying->counted = result == STORE_OK;
    return result;
}

/* For one more of them, which is counted. */
static bool has_room(struct applying *applying, int64_t *count, int64_t most)
{
    bool has = *count < most;

    *count += has;
    applying->beyond += !has;
    return has;
}

static enum store_result keep_line(struct applying *applying, const struct said *said, struct fleet_held *held, char **ret)
{
    enum store_result result;

    if (held->kind == HELD_DELETED || said->what != SAID_ENTRY || applying->kept.lines >= LINES_MAX)
        return STORE_OK;
    result = said_line(applying->batch->said, said->number, ret);
    if (result == STORE_OK && strlen(*ret) <= LINE_KEPT_MAX) {
        held->line = *ret;
        applying->kept.lines++;
    }
    return result;
}

static enum store_result note_reason(struct applying *applying, const struct fleet_held *held)
{
    struct fleet_held before;
    enum store_result result = store_fleet_held_of(applying->tool->store, held->entry_uuid, &before);

    if (result == STORE_NOT_FOUND || (result == STORE_OK && strcmp(before.why, held->why) != 0))
        applying->otherwise = true;
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum store_result hold_entry(struct applying *applying, const struct said *said, const struct fleet_entry *entry,
                             const char *account, enum fleet_held_kind kind, const char *why)
{
    struct fleet_held held = { .kind = kind, .since = applying->tool->now };
    char *line = NULL;
    enum store_result result = count_kept(applying);

    applying->held += kind != HELD_REMARK;
    if (result != STORE_OK || (account == NULL && !has_room(applying, &applying->kept.held, HELD_MAX)))
        return result;
    memcpy(held.entry_uuid, said->entry_uuid, sizeof held.entry_uuid);
    snprintf(held.username, sizeof held.username, "%s", account != NULL ? account : entry->record.account.username);
    snprintf(held.why, sizeof held.why, "%s", why);
    snprintf(held.csn, sizeof held.csn, "%s", entry->csn);
    result = keep_line(applying, said, &held, &line);
    if (result == STORE_OK)
        result = note_reason(applying, &held);
    if (result == STORE_OK)
        result = store_fleet_hold(applying->tool->store, &held);
    store_text_free(line);
    return result;
}

enum store_result hold_grave(struct applying *applying, const struct said *said, const char *username)
{
    enum store_result result = count_kept(applying);

    if (result != STORE_OK || !has_room(applying, &applying->kept.graves, GRAVES_MAX))
        return result;
    return store_fleet_bury(applying->tool->store, said->entry_uuid, username, 0);
}
