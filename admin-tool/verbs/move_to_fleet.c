/*
 * users move-to-fleet: accounts of here become the fleet's, as they are. They are marked first, then asked for; whoever
 * comes down with the mark's name and id is that account, also when we were killed in between.
 */
#include "move_to_fleet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/change.h"
#include "change/lock.h"
#include "change/scope.h"
#include "change/transaction.h"
#include "change/upward.h"
#include "sql/account.h"
#include "sql/memory.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/say.h"

/* Those that this run marked: should nothing become of it, they stay of here. */
struct marked {
    uint32_t *uids;
    size_t count;
};

/* -- allowed? ----------------------------------------------------------------------------- */

static enum status refuse_id(const struct policy *policy, const struct account *account)
{
    return tool_refuse_as(KIND_INVALID, "uid", account->username, "%s has the id %u, which is not of the fleet's range, %" PRId64 " to %"
                          PRId64 ", and no host would take it. Make an account of the fleet under another name, and give it the "
                          "files: admin-tool users create -u NEW -e ADDRESS; cp -aT %s ~NEW; chown -R NEW: ~NEW", account->username,
                          account->uid, policy->fleet_uid_min, policy->fleet_uid_max, account->home);
}

static bool is_of_range(const struct policy *policy, int64_t uid)
{
    return uid >= policy->fleet_uid_min && uid <= policy->fleet_uid_max && (uid < policy->uid_min || uid > policy->uid_max);
}

static void note_roles(const struct policy *policy, const struct account *account)
{
    unsigned allowed = ROLE_MEMBER;

    if (roles_parse(policy->fleet_roles, &allowed) && (account->roles & ~(allowed | ROLE_MEMBER)) != 0)
        tool_refuse(GO_ON, "note: %s has a role that this host does not take from the fleet (policy fleet_roles), and loses it "
                    "here", account->username);
}

static enum status check(struct tool *tool, const struct change *change, const struct account *account)
{
    struct fleet fleet;
    enum store_result result = store_fleet(tool->store, &fleet);

    (void)change;
    if (result == STORE_NOT_FOUND)
        return tool_refuse_as(KIND_FLEET_ACCOUNT, NULL, NULL, "this host follows no fleet; see 'admin-tool fleet join'");
    if (result != STORE_OK)
        return tool_store_status(tool, result, "the fleet");
    if (account->fleet) {
        printf("%s is of the fleet already.\n", account->username);
        return STATUS_DONE;
    }
    if (account->service)
        return tool_refuse_as(KIND_INVALID, "username", account->username, "%s is a service account, which is each host's own",
                              account->username);
    if (!is_of_range(&tool->policy, account->uid))
        return refuse_id(&tool->policy, account);
    if (account->gid != account->uid)
        return tool_refuse_as(KIND_INVALID, "username", account->username, "%s has the primary group %u; in the fleet each has a "
                              "group of its own, with the id of the user", account->username, account->gid);
    note_roles(&tool->policy, account);
    return GO_ON;
}

/* -- what is asked ------------------------------------------------------------------------ */

static void set_keys(struct tool *tool, const struct account *account, struct fleet_request *request)
{
    char *text = NULL;

    if (store_keys_text(tool->store, account->uid, &text) != STORE_OK)
        request->failed = true;
    for (char *next = text, *line; next != NULL && (line = strsep(&next, "\n")) != NULL;)
        if (line[0] != '\0')
            fleet_request_set(request, "keys", line);
    store_text_free(text);
}

/* As it is now: since it was shown, its password may be another. */
static void set_all(struct tool *tool, const struct change *change, const struct account *shown, struct fleet_request *request)
{
    struct account account;

    (void)change;
    if (store_account_by_uid(tool->store, shown->uid, &account) != STORE_OK) {
        request->failed = true;
        return;
    }
    fleet_request_set_all(request, &account);
    set_keys(tool, &account, request);
    scope_set(tool, SCOPE_USUAL, request);
    explicit_bzero(&account, sizeof account);
}

/* -- marks -------------------------------------------------------------------------------- */

static enum store_result mark_one(struct tool *tool, uint32_t uid, struct marked *marked)
{
    char awaited[FLEET_UUID_SIZE];
    enum store_result result = store_fleet_moving(tool->store, uid, awaited);

    if (result != STORE_NOT_FOUND)
        return result;
    marked->uids[marked->count++] = uid;
    return store_fleet_move(tool->store, uid, "");
}

static enum status commit_marks(struct tool *tool, enum store_result result)
{
    if (result == STORE_OK)
        result = store_commit(tool->store);
    return tool_store_status(tool, result, "the accounts on their way");
}

static enum status mark(struct tool *tool, const struct change *change)
{
    struct marked *marked = change->own;
    enum status status;

    marked->uids = calloc(change->among->count, sizeof *marked->uids);
    if (marked->uids == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
    status = tool_lock(tool);
    if (status == GO_ON)
        status = change_begin(tool);
    if (status == GO_ON) {
        enum store_result result = STORE_OK;

        for (size_t i = 0; result == STORE_OK && i < change->among->count; i++)
            if (change->among->list[i].due)
                result = mark_one(tool, change->among->list[i].before.uid, marked);
        status = commit_marks(tool, result);
    }
    store_rollback(tool->store);
    tool_unlock(tool);
    return status;
}

/* Nothing was done in the fleet, for certain. */
static void unmark(struct tool *tool, const struct marked *marked)
{
    enum store_result result = STORE_OK;

    if (tool_lock(tool) != GO_ON || change_begin(tool) != GO_ON)
        result = STORE_FAILED;
    for (size_t i = 0; result == STORE_OK && i < marked->count; i++)
        result = store_fleet_stay(tool->store, marked->uids[i]);
    if (result == STORE_OK)
        commit_marks(tool, result);
    store_rollback(tool->store);
    tool_unlock(tool);
}

/* In the transaction of the audit row: the entry is known now, should it still be awaited. */
static enum store_result note_entry(struct tool *tool, const struct change *change, const struct account *account)
{
    char awaited[FLEET_UUID_SIZE];
    enum store_result result = store_fleet_moving(tool->store, account->uid, awaited);

    if (result != STORE_OK)
        return result == STORE_NOT_FOUND ? STORE_OK : result;
    return store_fleet_move(tool->store, account->uid, change->upward->entries[change->nth].done.entry_uuid);
}

/* -- all of it ---------------------------------------------------------------------------- */

static bool is_certain(enum status status)
{
    return status == STATUS_REFUSED || status == STATUS_IDENTITY || status == STATUS_AWAY;
}

enum status users_move_to_fleet(struct tool *tool)
{
    struct marked marked = { .uids = NULL };
    const struct change change = {
        .event = "move-to-fleet", .plan = "move", .outcome = "is of the fleet now", .asks = true, .moves = true,
        .own = &marked, .check = check, .prepare = mark, .fleet_does = "add", .fleet_sets = set_all, .beside = note_entry,
    };
    enum status status = scope_check(tool);

    if (status == GO_ON)
        status = change_accounts(tool, &change);
    if (marked.count > 0 && is_certain(status))
        unmark(tool, &marked);
    free(marked.uids);
    return status;
}
