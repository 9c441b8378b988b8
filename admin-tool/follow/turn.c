/*
 * One turn at the store. The fleet's row is read in each: an administrator may have said something since.
 */
#include "turn.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "change/open.h"
#include "change/publish.h"
#include "change/publish_now.h"
#include "change/record.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_audit.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "apply.h"
#include "batch.h"
#include "line.h"

enum { MINUTE = 60 };

/* LEFT, too, where there is no store. */
static enum turn begin(struct tool *tool, struct fleet *ret)
{
    enum store_result result;

    tool->now = (int64_t)time(NULL);
    tool->troubled = false;
    if (open_store(tool, STORE_EXISTING) != GO_ON)
        return TURN_FAILED;
    if (tool->store == NULL)
        return TURN_LEFT;
    result = store_fleet(tool->store, ret);
    if (result == STORE_NOT_FOUND)
        return TURN_LEFT;
    return tool_store_status(tool, result, "the fleet") == GO_ON ? TURN_GOES_ON : TURN_FAILED;
}

static enum turn end(struct tool *tool, enum turn turn)
{
    tool_close(tool);
    return turn;
}

/* Killed behind its commit, or without room for the new file, it left an old one, and the next change may be far. What
 * fails here has said so, and is tried with the next line. */
static void catch_up(struct tool *tool)
{
    if (publish_is_behind(tool))
        publish_if_due(tool);
}

static enum turn read_cookie(struct tool *tool, char ret[FLEET_COOKIE_SIZE])
{
    char *cookie = NULL;
    enum status status = tool_store_status(tool, store_fleet_cookie(tool->store, &cookie), "the fleet");

    if (status != GO_ON)
        return TURN_FAILED;
    snprintf(ret, FLEET_COOKIE_SIZE, "%s", cookie);
    store_text_free(cookie);
    return TURN_GOES_ON;
}

enum turn turn_look(struct tool *tool, struct progress_made *progress, bool *ret_latched)
{
    struct fleet fleet;
    enum turn turn = begin(tool, &fleet);

    if (turn == TURN_GOES_ON)
        turn = read_cookie(tool, progress->stored);
    if (turn == TURN_GOES_ON) {
        memcpy(progress->cookie, progress->stored, sizeof progress->cookie);
        progress->heard_at = fleet.last_contact;
        *ret_latched = fleet.latched_at != 0;
        catch_up(tool);
    }
    return end(tool, turn);
}

/* Is it as this process left it? */
static enum turn judge_row(struct tool *tool, const struct progress_made *progress, const struct fleet *fleet)
{
    char cookie[FLEET_COOKIE_SIZE];
    enum turn turn = read_cookie(tool, cookie);

    if (turn == TURN_GOES_ON && (fleet->latched_at != 0 || strcmp(cookie, progress->stored) != 0))
        turn = TURN_BEGINS_ANEW;
    return turn;
}

/* With the cookie, which may have come without any change. */
static enum store_result note(struct store *store, const char *cookie, const char *uri, int64_t now)
{
    enum store_result result = store_begin(store);

    if (result == STORE_OK)
        result = store_fleet_apply_end(store, cookie);
    if (result == STORE_OK)
        result = store_fleet_heard(store, uri, now);
    if (result == STORE_OK)
        result = store_commit(store);
    store_rollback(store);
    return result;
}

enum turn turn_hear(struct tool *tool, struct progress_made *progress, const char *uri)
{
    struct fleet fleet;
    enum turn turn = begin(tool, &fleet);

    if (turn == TURN_GOES_ON)
        turn = judge_row(tool, progress, &fleet);
    if (turn == TURN_GOES_ON)
        catch_up(tool);
    if (turn != TURN_GOES_ON || (tool->now >= progress->heard_at && tool->now - progress->heard_at < MINUTE))
        return end(tool, turn);
    if (tool_store_status(tool, note(tool->store, progress->cookie, uri, tool->now), "the fleet") != GO_ON)
        return end(tool, TURN_FAILED);
    memcpy(progress->stored, progress->cookie, sizeof progress->stored);
    progress->heard_at = tool->now;
    return end(tool, TURN_GOES_ON);
}

enum turn turn_apply(struct tool *tool, struct progress_made *progress, struct batch *batch, const char *cookie,
                     const char *uri, bool *ret_swept)
{
    struct applied applied = { 0 };
    struct fleet fleet;
    enum turn turn = begin(tool, &fleet);

    if (turn == TURN_GOES_ON)
        turn = judge_row(tool, progress, &fleet);
    if (turn == TURN_GOES_ON && publish_if_due(tool) != GO_ON)
        turn = TURN_FAILED;
    if (turn == TURN_GOES_ON && apply_batch(tool, batch, progress->stored, cookie, uri, &applied) != GO_ON)
        turn = TURN_FAILED;
    *ret_swept = applied.changed > 0;
    if (turn != TURN_GOES_ON)
        return end(tool, turn);
    catch_up(tool);
    snprintf(progress->cookie, sizeof progress->cookie, "%s", applied.whole_due ? "" : cookie);
    memcpy(progress->stored, progress->cookie, sizeof progress->stored);
    progress->heard_at = tool->now;
    if (applied.changed > 0 || applied.held > 0)
        tool_refuse(GO_ON, "the fleet: %zu change%s taken, %zu held", applied.changed, applied.changed == 1 ? "" : "s",
                    applied.held);
    return end(tool, applied.whole_due ? TURN_BEGINS_ANEW : TURN_GOES_ON);
}

/* Into the batch. False: it cannot be read, or there is no room. */
static bool gather_held(struct tool *tool, struct batch *batch)
{
    char after[FLEET_UUID_SIZE] = "", *text = NULL;
    bool good = true;
    enum store_result result;

    while (good && (result = store_fleet_held_line(tool->store, after, after, &text)) != STORE_NOT_FOUND) {
        struct line line = { .uuids = NULL };

        good = result == STORE_OK && line_read(batch->reader, text, &line) && batch_add(batch, &line, text);
        line_wipe(&line);
        store_text_free(text);
        text = NULL;
    }
    return good;
}

enum turn turn_again(struct tool *tool, struct progress_made *progress, struct line_reader *reader)
{
    struct fleet fleet;
    struct batch batch;
    size_t changed = 0;
    enum turn turn = begin(tool, &fleet);

    batch_begin(&batch, tool, reader);
    if (turn == TURN_GOES_ON)
        turn = judge_row(tool, progress, &fleet);
    if (turn == TURN_GOES_ON && gather_held(tool, &batch) && !batch_is_empty(&batch))
        apply_again(tool, &batch, progress->stored, &changed); /* else the next time */
    batch_free(&batch);
    if (changed > 0)
        tool_refuse(GO_ON, "the fleet: %zu change%s taken of what was held", changed, changed == 1 ? "" : "s");
    return end(tool, turn);
}

static enum store_result latch(struct tool *tool, const char *uri)
{
    char detail[FLEET_URI_SIZE + 32];
    enum store_result result = store_begin(tool->store);

    snprintf(detail, sizeof detail, "%s went back", uri);
    if (result == STORE_OK)
        result = store_fleet_latch(tool->store, tool->now);
    if (result == STORE_OK)
        result = store_audit_append(tool->store, &tool->actor.audit, "fleet-latch", NULL, NULL, detail, tool->now);
    if (result == STORE_OK)
        result = store_commit(tool->store);
    store_rollback(tool->store);
    return result;
}

enum turn turn_latch(struct tool *tool, const char *uri)
{
    struct fleet fleet;
    enum turn turn = begin(tool, &fleet);

    if (turn == TURN_GOES_ON && fleet.latched_at == 0) {
        if (tool_store_status(tool, latch(tool, uri), "the fleet") != GO_ON)
            return end(tool, TURN_FAILED);
        record_event(tool, "fleet-latch", NULL);
        tool_refuse(GO_ON, "%s went back behind what this host has taken: nothing is taken any more until 'admin-tool "
                    "fleet accept'", uri);
    }
    return end(tool, turn == TURN_GOES_ON ? TURN_BEGINS_ANEW : turn);
}
