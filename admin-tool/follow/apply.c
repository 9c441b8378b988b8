/*
 * The order of it: judged while nothing is locked, all of it in one transaction with the cookie, published, and only then
 * told. Killed anywhere, the store has the whole batch with its cookie, or neither. Of a very long one there are several
 * transactions, and the cookie is in the last: without it all of it comes again, and says the same.
 */
#include "apply.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "change/lock.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/account.h"
#include "sql/memory.h"
#include "sql/said.h"
#include "sql/store.h"
#include "sql/store_fleet.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "applying.h"
#include "batch.h"
#include "judge.h"
#include "take.h"
#include "vanish.h"

/* Entries of one transaction. What it changes is in memory until the commit (no login waits for a lock meanwhile), so one
 * of a hundred thousand would be large, and whoever else wants to change something would wait for all of it. */
enum { AT_ONCE = 8192, TURN_MS = 50 /* for whoever waits for the lock, and looks every 10 ms */ };

/* *ret_more: there are others. */
static enum store_result take_entries(struct applying *applying, bool *ret_more)
{
    struct said said;
    enum store_result result = STORE_OK;
    size_t count = 0;

    while (result == STORE_OK && count < AT_ONCE &&
           (result = said_next(applying->batch->said, SAID_ENTRIES, applying->taken, &said)) == STORE_OK) {
        result = take_entry(applying, &said);
        applying->taken = said.number;
        count++;
    }
    *ret_more = result == STORE_OK || (count > 0 && applying->parts > 0); /* the publication has memory of its own, too */
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result end_batch(struct applying *applying, const char *cookie, const char *uri)
{
    struct store *store = applying->tool->store;
    enum store_result result = vanish_all(applying);

    if (result == STORE_OK)
        result = store_fleet_apply_end(store, applying->whole_due ? "" : cookie);
    return result == STORE_OK && uri != NULL ? store_fleet_heard(store, uri, applying->tool->now) : result;
}

static enum store_result take_part(struct applying *applying, const char *cookie, const char *uri, bool *ret_more)
{
    struct store *store = applying->tool->store;
    enum store_result result = store_fleet_apply_begin(store);

    if (result == STORE_OK && applying->parts == 0)
        result = vanish_judge_deleted(applying);
    if (result == STORE_OK)
        result = take_entries(applying, ret_more);
    if (result == STORE_OK)
        result = *ret_more ? store_fleet_apply_end(store, applying->from) : end_batch(applying, cookie, uri);
    return result;
}

/* Is it still the fleet that was followed, and from where it was? */
static enum status check_fleet(struct applying *applying)
{
    struct tool *tool = applying->tool;
    struct fleet fleet;
    char *cookie = NULL;
    enum status status = tool_store_status(tool, store_fleet(tool->store, &fleet), "the fleet");

    if (status == GO_ON)
        status = tool_store_status(tool, store_fleet_cookie(tool->store, &cookie), "the fleet");
    if (status == GO_ON && fleet.latched_at != 0)
        status = tool_refuse(STATUS_REFUSED, "a server went back: nothing of it is taken; see 'admin-tool fleet status'");
    if (status == GO_ON && (strcmp(cookie, applying->from) != 0 || (applying->parts > 0 && fleet.joined_at != applying->joined_at)))
        status = tool_refuse(STATUS_REFUSED, "the fleet is to be followed from its beginning, and what it sent is not taken");
    store_text_free(cookie);
    applying->joined_at = fleet.joined_at;
    return status;
}

/* Under the lock: what is published depends on the policy as it is now. Only behind the last part: before it, nothing is
 * promised. */
static enum status commit(struct applying *applying, const char *cookie, const char *uri, bool *ret_more)
{
    struct tool *tool = applying->tool;
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status == GO_ON)
        status = check_fleet(applying);
    if (status == GO_ON)
        status = tool_store_status(tool, take_part(applying, cookie, uri, ret_more), "the fleet's changes");
    if (status != GO_ON)
        return status;
    if (applying->again && !applying->otherwise && applying->changed == 0)
        return GO_ON; /* as it was: nothing need reach the disk */
    if (*ret_more)
        return tool_store_status(tool, store_commit(tool->store), "the fleet's changes");
    if (applying->only != 0 && !applying->several && applying->parts == 0)
        return change_end(tool, applying->before.uid != 0 ? &applying->before : NULL,
                          applying->after.uid != 0 ? &applying->after : NULL);
    return change_end(tool, NULL, NULL);
}

static void tell(const struct applying *applying)
{
    struct tool *tool = applying->tool;
    const char *own = tool->actor.audit.name;

    for (size_t i = 0; i < applying->told; i++) {
        const struct happened *happened = &applying->happened[i];
        struct account account = { .uid = happened->uid };

        memcpy(account.username, happened->username, sizeof account.username);
        tool->actor.audit.name = happened->actor;
        record_event(tool, happened->event, &account);
    }
    tool->actor.audit.name = own;
}

/* One transaction, and what is told of it. */
static enum status apply_part(struct applying *applying, const char *cookie, const char *uri, bool *ret_more)
{
    struct tool *tool = applying->tool;
    struct applying_mark mark;
    enum status status;

    applying_mark(applying, &mark);
    change_hold_signals();
    status = commit(applying, cookie, uri, ret_more);
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status != GO_ON)
        applying_return(applying, &mark);
    tell(applying);
    change_release_signals();
    explicit_bzero(&mark, sizeof mark);
    applying_told(applying);
    applying->parts++;
    return status;
}

static enum status apply_parts(struct applying *applying, const char *cookie, const char *uri)
{
    enum status status = GO_ON;
    bool more = true;

    batch_forget_host(applying->batch);
    while (status == GO_ON && more) {
        status = apply_part(applying, cookie, uri, &more);
        if (status == GO_ON && more)
            poll(NULL, 0, TURN_MS);
    }
    if (applying->untold > 0)
        tool_refuse(GO_ON, "%zu change%s more; 'admin-tool audit' has each of them", applying->untold,
                    applying->untold == 1 ? "" : "s");
    if (applying->beyond > 0)
        tool_refuse(GO_ON, "nothing is noted of %zu entries that cannot be taken: there are too many of them", applying->beyond);
    return status;
}

enum status apply_batch(struct tool *tool, struct batch *batch, const char *from, const char *cookie, const char *uri,
                        struct applied *ret)
{
    struct applying applying = { .tool = tool, .batch = batch, .from = from };
    enum status status;

    if (!judge_batch(tool, batch, &applying.whole_due))
        return tool_refuse(STATUS_FAILED, "the fleet's changes cannot be judged now, and none is taken");
    status = apply_parts(&applying, cookie, uri);
    *ret = (struct applied){ applying.changed, applying.held, applying.whole_due };
    applying_free(&applying);
    return status;
}

enum status apply_again(struct tool *tool, struct batch *batch, const char *from, size_t *ret_changed)
{
    struct applying applying = { .tool = tool, .batch = batch, .from = from, .again = true };
    enum status status = GO_ON;
    bool unsure = false;

    if (judge_batch(tool, batch, &unsure) && !unsure)
        status = apply_parts(&applying, from, NULL);
    *ret_changed = applying.changed;
    applying_free(&applying);
    return status;
}
