/*
 * The order of it: judged while nothing is locked, all of it in one transaction with the cookie, published, and only then
 * told. Killed anywhere, the store has the whole batch with its cookie, or neither.
 */
#include "apply.h"

#include <stdio.h>
#include <string.h>

#include "change/lock.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_fleet.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "applying.h"
#include "batch.h"
#include "judge.h"
#include "take.h"
#include "vanish.h"

static bool is_entry(const struct said *said)
{
    return said->what == SAID_ENTRY || said->what == SAID_UNREADABLE;
}

static enum store_result take_all(struct applying *applying, const char *cookie, const char *uri)
{
    struct store *store = applying->tool->store;
    enum store_result result = store_fleet_apply_begin(store);

    if (result == STORE_OK)
        result = vanish_judge_deleted(applying);
    for (size_t i = 0; result == STORE_OK && i < applying->batch->count; i++)
        if (is_entry(applying->batch->said[i]))
            result = take_entry(applying, applying->batch->said[i]);
    if (result == STORE_OK)
        result = vanish_all(applying);
    if (result == STORE_OK)
        result = store_fleet_apply_end(store, applying->whole_due ? "" : cookie);
    return result == STORE_OK ? store_fleet_heard(store, uri, applying->tool->now) : result;
}

/* Under the lock: what is published depends on the policy as it is now, and is it still the fleet that was followed? */
static enum status commit(struct applying *applying, const char *cookie, const char *uri)
{
    struct tool *tool = applying->tool;
    struct fleet fleet;
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status != GO_ON)
        return status;
    status = tool_store_status(tool, store_fleet(tool->store, &fleet), "the fleet");
    if (status == GO_ON && fleet.latched_at != 0)
        status = tool_refuse(STATUS_REFUSED, "a server went back: nothing of it is taken; see 'admin-tool fleet status'");
    if (status == GO_ON)
        status = tool_store_status(tool, take_all(applying, cookie, uri), "the fleet's changes");
    if (status == GO_ON && applying->only != 0 && !applying->several)
        return change_end(tool, applying->before.uid != 0 ? &applying->before : NULL,
                          applying->after.uid != 0 ? &applying->after : NULL);
    return status == GO_ON ? change_end(tool, NULL, NULL) : status;
}

/* Each one but those that come with very many others: the next suspension would wait while they are written. */
static void tell(const struct applying *applying)
{
    enum { MOST_NEW = 500 };
    struct tool *tool = applying->tool;
    const char *own = tool->actor.audit.name;
    size_t created = 0;

    for (size_t i = 0; i < applying->count; i++) {
        const struct happened *happened = &applying->happened[i];
        struct account account = { .uid = happened->uid };

        if (strcmp(happened->event, "create") == 0 && ++created > MOST_NEW)
            continue;
        memcpy(account.username, happened->username, sizeof account.username);
        tool->actor.audit.name = happened->actor;
        record_event(tool, happened->event, &account);
    }
    tool->actor.audit.name = own;
    if (created > MOST_NEW)
        tool_refuse(GO_ON, "%zu accounts more came; 'admin-tool audit' has each of them", created - MOST_NEW);
}

enum status apply_batch(struct tool *tool, struct batch *batch, const char *cookie, const char *uri, struct applied *ret)
{
    struct applying applying = { .tool = tool, .batch = batch };
    enum status status;

    if (!judge_batch(tool, batch, &applying.whole_due))
        return tool_refuse(STATUS_FAILED, "the fleet's changes cannot be judged now, and none is taken");
    change_hold_signals();
    status = commit(&applying, cookie, uri);
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON)
        tell(&applying);
    change_release_signals();
    *ret = (struct applied){ applying.count, applying.held, applying.whole_due };
    applying_free(&applying);
    return status;
}
