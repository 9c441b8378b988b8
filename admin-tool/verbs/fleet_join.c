/*
 * fleet join: this host follows a fleet from now on. Everything is judged first; then the files are put in place, then the
 * store says so, then the units run. Joined to the same fleet already, the files are renewed: a certificate has an end.
 */
#include "fleet_join.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "host/fleet_folder.h"
#include "host/fleet_range.h"
#include "host/units.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_audit.h"
#include "sql/store_fleet.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "fleet_preview.h"
#include "fleet_start.h"
#include "join_file.h"

enum { DETAIL_SIZE = 1024, CLASHES_TOLD = 100 };

struct joining {
    struct tool *tool;
    struct join_file file;
    const char *texts[FLEET_FILES];
    struct policy policy; /* as it is to be */
    gid_t group;
    bool joined; /* it has, to this fleet: the files are renewed */
    size_t clashes;
};

/* -- judging ------------------------------------------------------------------------------ */

static enum status check_installed(struct joining *work)
{
    if (access(CODER_FLEET, X_OK) == 0 && fleet_folder_group(&work->group))
        return GO_ON;
    return tool_refuse_as(KIND_MISSING, NULL, CODER_FLEET, "missing: " CODER_FLEET " and its user " FLEET_GROUP
                          "; install the package coder-fleet");
}

/* GO_ON, *joined said; REFUSED: to another one. */
static enum status check_joined(struct joining *work)
{
    const char *base = work->file.values[JOIN_BASE];
    struct fleet fleet;
    enum store_result result = work->tool->store != NULL ? store_fleet(work->tool->store, &fleet) : STORE_NOT_FOUND;

    work->joined = result == STORE_OK;
    if (result != STORE_OK)
        return result == STORE_NOT_FOUND ? GO_ON : tool_store_status(work->tool, result, "the fleet");
    if (strcmp(fleet.base, base) == 0)
        return GO_ON;
    return tool_refuse_as(KIND_TAKEN, "base", base, "this host is in the fleet %s already; 'admin-tool fleet leave' first",
                          fleet.base);
}

/* The fleet's range of ids, where the file says it. */
static enum status choose_policy(struct joining *work)
{
    const char *const keys[] = { "fleet_uid_min", "fleet_uid_max" };
    const char *const values[] = { work->file.values[JOIN_UID_MIN], work->file.values[JOIN_UID_MAX] };

    work->policy = work->tool->policy;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (values[i] != NULL && !policy_set(&work->policy, keys[i], values[i]))
            return tool_refuse_as(KIND_INVALID, keys[i], values[i], "%s cannot be %s; see 'admin-tool policy'", keys[i],
                                  values[i]);
    if (policy_fault(&work->policy) == NULL)
        return GO_ON;
    return tool_refuse(STATUS_REFUSED, "%s; see 'admin-tool policy set'", policy_fault(&work->policy));
}

static void tell_clash(void *context, const char *where, const char *what)
{
    struct joining *work = context;

    if (work->clashes++ < CLASHES_TOLD)
        tool_refuse(GO_ON, "clash: %s: %s", where, what);
}

/* Of here, and may stay so, or go up; if the fleet has the id already, that one is held. */
static void note_account(void *context, const char *where, const char *what)
{
    size_t *count = context;

    (void)where;
    if ((*count)++ < CLASHES_TOLD)
        tool_refuse(GO_ON, "note: %s, of the fleet's range: 'admin-tool users move-to-fleet' makes it the fleet's", what);
}

static enum status check_clashes(struct joining *work)
{
    const struct fleet_range range = { work->policy.fleet_uid_min, work->policy.fleet_uid_max };
    enum store_result result = STORE_OK;
    size_t accounts = 0;

    fleet_range_walk(&range, tell_clash, work);
    if (work->tool->store != NULL && !work->joined)
        result = fleet_range_walk_accounts(&range, work->tool->store, note_account, &accounts);
    if (result != STORE_OK || work->clashes == 0)
        return tool_store_status(work->tool, result, "the store");
    return tool_refuse_as(KIND_TAKEN, "uid", NULL, "%zu clash%s with the fleet's ids, %" PRId64 " to %" PRId64 ", as shown; "
                          "give those other ids, or the fleet another range, and join then: nothing was changed",
                          work->clashes, work->clashes == 1 ? "" : "es", range.min, range.max);
}

static enum status judge(struct joining *work)
{
    enum status status = check_joined(work);

    if (status == GO_ON)
        status = check_installed(work);
    if (status == GO_ON)
        status = choose_policy(work);
    if (status == GO_ON)
        status = check_clashes(work);
    return status;
}

static enum status preview(const struct joining *work)
{
    const char *first = work->file.values[JOIN_URIS];

    if (!work->joined)
        fleet_preview(work->tool, work->texts, work->group);
    printf("Would %s %s at %.*s as %s, with ids from %" PRId64 " to %" PRId64 "; nothing was changed.\n",
           work->joined ? "renew the files for" : "follow the fleet", work->file.values[JOIN_BASE],
           (int)strcspn(first, "\n"), first, work->file.values[JOIN_HOST], work->policy.fleet_uid_min,
           work->policy.fleet_uid_max);
    return STATUS_DONE;
}

/* -- joining ------------------------------------------------------------------------------ */

/* In the transaction, over the settings as they are now. */
static enum status set_policy(struct joining *work)
{
    struct tool *tool = work->tool;
    struct policy before = tool->policy;
    enum status status = choose_policy(work);
    char min[32], max[32];

    if (status != GO_ON || (work->policy.fleet_uid_min == before.fleet_uid_min &&
                            work->policy.fleet_uid_max == before.fleet_uid_max))
        return status;
    snprintf(min, sizeof min, "%" PRId64, work->policy.fleet_uid_min);
    snprintf(max, sizeof max, "%" PRId64, work->policy.fleet_uid_max);
    status = tool_store_status(tool, store_policy_set(tool->store, "fleet_uid_min", min), "the policy");
    if (status == GO_ON)
        status = tool_store_status(tool, store_policy_set(tool->store, "fleet_uid_max", max), "the policy");
    if (status == GO_ON)
        status = tool_store_status(tool, store_audit_append_policy(tool->store, &tool->actor.audit, "policy", &before,
                                                                   &work->policy, tool->now), "the audit row");
    tool->policy = work->policy;
    return status;
}

static enum status apply(struct joining *work)
{
    struct tool *tool = work->tool;
    char detail[DETAIL_SIZE];
    enum status status = set_policy(work);

    if (status == GO_ON && !work->joined)
        status = tool_store_status(tool, store_fleet_join(tool->store, work->file.values[JOIN_BASE], tool->now),
                                   "the fleet");
    if (status != GO_ON)
        return status;
    snprintf(detail, sizeof detail, "%s %s as %s", work->joined ? "files renewed for" : "joined",
             work->file.values[JOIN_BASE], work->file.values[JOIN_HOST]);
    return change_commit(tool, "fleet-join", NULL, NULL, detail);
}

static enum status commit(struct joining *work)
{
    struct tool *tool = work->tool;
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = apply(work);
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON)
        record_event(tool, "fleet-join", NULL);
    change_release_signals();
    return status;
}

static enum status put_files(struct joining *work)
{
    const char *what;

    if (fleet_folder_write(work->texts, work->group, &what))
        return GO_ON;
    return tool_refuse(STATUS_FAILED, "%s: %s; nothing was changed", what, strerror(errno));
}

/* Whoever finds it could follow as this host. */
static void settle_file(struct joining *work)
{
    const char *path = work->tool->arguments.operand;

    if (strcmp(path, "-") == 0)
        return;
    if (join_file_remove(work->tool))
        printf("%s is removed: it held this host's key.\n", path);
    else
        tool_refuse(GO_ON, "note: %s holds this host's key; remove it", path);
}

static enum status carry_out(struct joining *work)
{
    enum status status = put_files(work);

    if (status == GO_ON)
        status = commit(work);
    if (status != GO_ON && !work->joined)
        fleet_folder_remove();
    if (status != GO_ON)
        return status;
    printf(work->joined ? "The certificate and the servers' addresses for the fleet %s are renewed.\n"
                        : "This host is in the fleet %s.\n", work->file.values[JOIN_BASE]);
    settle_file(work);
    fleet_start(work->tool, work->joined);
    return GO_ON;
}

static enum status join(struct joining *work)
{
    struct tool *tool = work->tool;
    enum status status = join_file_read(tool, &work->file); /* a bad one makes no store */

    answer_hear();
    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = judge(work);
    if (status != GO_ON)
        return status;
    join_file_texts(&work->file, work->texts);
    if (work->joined && fleet_folder_has(work->texts)) {
        printf("This host is in the fleet %s already, with these very files; nothing was changed.\n",
               work->file.values[JOIN_BASE]);
        return STATUS_DONE;
    }
    return tool_has(tool, OPTION_DRY_RUN) ? preview(work) : carry_out(work);
}

enum status fleet_join(struct tool *tool)
{
    struct joining work = { .tool = tool };
    enum status status = join(&work);

    join_file_free(&work.file);
    return status == GO_ON ? STATUS_DONE : status;
}
