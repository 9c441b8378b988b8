/*
 * What was held goes through: exactly that, and not what may have come since.
 */
#include "accept.h"

#include <stdio.h>
#include <string.h>

#include "change/lock.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/account.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "sql/store_changes.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "sweeps.h"

static enum store_result let_leave(struct tool *tool, const struct fleet_account *fleet, struct account *present)
{
    struct fleet_account gone = *fleet;
    struct account after = { 0 };
    enum store_result result;

    gone.status = FLEET_ABSENT;
    gone.reason[0] = '\0';
    result = store_fleet_put(tool->store, &gone, 0);
    if (result == STORE_OK && present->status == ACCOUNT_ACTIVE)
        result = store_fleet_sweep_due(tool->store, present, false);
    if (result == STORE_OK)
        result = store_account_by_uid(tool->store, present->uid, &after);
    if (result == STORE_OK)
        result = store_audit_append(tool->store, &tool->actor.audit, "suspend", present, &after,
                                    "the fleet does not show it to this host any more", tool->now);
    explicit_bzero(&after, sizeof after);
    return result;
}

/* The brake does not count it: it was said to be meant. */
static enum store_result delete(struct tool *tool, const struct fleet_account *fleet, const struct account *present)
{
    enum store_result result = store_account_delete(tool->store, present->uid);

    if (result == STORE_OK)
        result = store_fleet_bury(tool->store, fleet->entry_uuid, present->username, 0);
    if (result == STORE_OK)
        result = store_fleet_sweep_due(tool->store, present, true);
    if (result == STORE_OK)
        result = store_audit_append(tool->store, &tool->actor.audit, "delete", present, NULL, "it was deleted in the fleet",
                                    tool->now);
    return result;
}

/* One that is held; of no account any more it is only forgotten. */
static enum store_result take_held(struct tool *tool, const struct fleet_held *held, struct fleet_accepted *ret)
{
    struct account present = { 0 };
    struct fleet_account fleet;
    enum store_result result = store_fleet_account_by_entry(tool->store, held->entry_uuid, &fleet);

    if (result == STORE_OK)
        result = store_account_by_uid(tool->store, fleet.uid, &present);
    if (result == STORE_OK && held->kind == HELD_DELETED) {
        result = delete(tool, &fleet, &present);
        ret->deleted++;
    } else if (result == STORE_OK) {
        result = let_leave(tool, &fleet, &present);
        ret->gone++;
    }
    explicit_bzero(&present, sizeof present);
    return result == STORE_OK || result == STORE_NOT_FOUND ? store_fleet_let_go(tool->store, held->entry_uuid) : result;
}

static enum store_result take_each(struct tool *tool, struct fleet_accepted *ret)
{
    char after[FLEET_UUID_SIZE] = "";
    struct fleet_held held;
    size_t count = 1;
    enum store_result result = STORE_OK;

    while (result == STORE_OK && (result = store_fleet_held(tool->store, after, &held, 1, &count)) == STORE_OK && count > 0) {
        memcpy(after, held.entry_uuid, sizeof after);
        if (held.kind == HELD_VANISHED || held.kind == HELD_DELETED)
            result = take_held(tool, &held, ret);
    }
    return result;
}

static enum store_result take_all(struct tool *tool, struct fleet_accepted *ret)
{
    char *cookie = NULL;
    enum store_result result = store_fleet_cookie(tool->store, &cookie);

    if (result == STORE_OK)
        result = store_fleet_apply_begin(tool->store); /* nobody else deletes an account of the fleet */
    if (result == STORE_OK)
        result = take_each(tool, ret);
    if (result == STORE_OK)
        result = store_fleet_apply_end(tool->store, cookie);
    if (result == STORE_OK)
        result = store_fleet_forgive(tool->store);
    store_text_free(cookie);
    return result == STORE_OK ? store_fleet_release(tool->store) : result;
}

static enum store_result unlatch(struct tool *tool, bool *ret)
{
    struct fleet fleet;
    enum store_result result = store_fleet(tool->store, &fleet);

    if (result != STORE_OK || fleet.latched_at == 0)
        return result;
    *ret = true;
    result = store_fleet_unlatch(tool->store);
    return result == STORE_OK ? store_fleet_resync(tool->store) : result;
}

/* Under the lock. */
static enum status commit(struct tool *tool, struct fleet_accepted *ret)
{
    char detail[96];
    enum status status = tool_lock(tool);
    enum store_result result;

    if (status == GO_ON)
        status = change_begin(tool);
    if (status != GO_ON)
        return status;
    result = unlatch(tool, &ret->unlatched);
    if (result == STORE_OK)
        result = take_all(tool, ret);
    status = tool_store_status(tool, result, "the fleet");
    snprintf(detail, sizeof detail, "gone: %lld, deleted: %lld%s", (long long)ret->gone,
             (long long)ret->deleted, ret->unlatched ? "; all is sent anew" : "");
    if (status == GO_ON)
        status = change_append(tool, "fleet-accept", NULL, NULL, detail);
    return status == GO_ON ? change_end(tool, NULL, NULL) : status;
}

enum status fleet_accept(struct tool *tool, struct fleet_accepted *ret)
{
    struct fleet_accepted accepted = { 0 };
    enum status status;

    change_hold_signals();
    status = commit(tool, &accepted);
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON) {
        record_event(tool, "fleet-accept", NULL);
        sweeps_carry_out(tool);
        *ret = accepted;
    }
    change_release_signals();
    return status;
}
