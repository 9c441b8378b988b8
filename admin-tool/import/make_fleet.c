/*
 * A hundred rows at a time: new ones, then those that change. What changes is found anew from what the host has then, and
 * asserted there.
 */
#include "make_fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/change.h"
#include "change/scope.h"
#include "change/upward.h"
#include "change/work.h"
#include "sql/account.h"
#include "sql/primary_group.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_fleet.h"
#include "terminal/command.h"
#include "terminal/progress.h"
#include "terminal/say.h"
#include "difference.h"
#include "update.h"

enum { SLICE = 100 };

/* Rows of one request. */
struct slice {
    struct import_batch *batch;
    size_t rows[SLICE], count;
};

bool make_fleet_is_meant(const struct import_batch *batch)
{
    const struct tool *tool = batch->tool;
    struct fleet fleet;

    return !tool_has(tool, OPTION_HERE) && !tool_has(tool, OPTION_FROM_PASSWD) && tool->store != NULL &&
           store_fleet(tool->store, &fleet) == STORE_OK;
}

bool make_fleet_takes(const struct import_batch *batch, const struct account *account, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct policy *policy = &batch->tool->policy;
    char reason[IMPORT_REASON_SIZE] = "";

    if (account->service || account->password_max_days != 0 || account->never_dormant)
        import_add_reason(reason, "service accounts and ageing are each host's own: give them in a file of their own, with --here");
    if (account->uid != 0 && (account->uid < policy->fleet_uid_min || account->uid > policy->fleet_uid_max))
        import_add_reason(reason, "uid %u is not of the fleet's range, %lld to %lld", account->uid,
                          (long long)policy->fleet_uid_min, (long long)policy->fleet_uid_max);
    if (!account_has_private_group(account))
        import_add_reason(reason, "the fleet has no primary group but the private one");
    if (reason[0] != '\0')
        memcpy(ret_reason, reason, sizeof reason);
    return reason[0] == '\0';
}

/* -- whose they are ----------------------------------------------------------------------- */

/* GO_ON, or said. */
static enum status find_whose(const struct import_batch *batch, const struct import_row *row, bool *ret)
{
    struct difference difference;
    struct account present = { 0 };
    enum status status;

    *ret = row->kind == ROW_NEW && batch->fleet;
    if (row->kind != ROW_CHANGE)
        return GO_ON;
    status = update_find(batch, row, &present, &difference);
    *ret = present.fleet && (difference.columns & ~(unsigned)DIFFERENCE_AGEING) != 0;
    difference_free(&difference);
    explicit_bzero(&present, sizeof present);
    return status;
}

enum status make_fleet_identify(const struct import_batch *batch, struct fleet_identity *ret)
{
    enum status status = GO_ON;
    size_t count = 0;

    for (size_t i = 0; status == GO_ON && i < batch->count; i++) {
        bool is_fleets;

        status = find_whose(batch, &batch->rows[i], &is_fleets);
        count += is_fleets;
    }
    if (status != GO_ON)
        return status;
    if (count == 0)
        return STATUS_DONE;
    if (count < batch->count)
        return tool_refuse_as(KIND_FLEET_ACCOUNT, NULL, NULL, "%zu of the accounts are of here and %zu of the fleet; nothing was "
                              "changed: give them in two files", batch->count - count, count);
    return fleet_identity_find(batch->tool, ret);
}

/* -- what is asked ------------------------------------------------------------------------ */

static struct import_row *row_of(const struct change *change)
{
    const struct slice *slice = change->own;

    return &slice->batch->rows[slice->rows[change->nth]];
}

/* A line for each. */
static void set_keys(const char *text, struct fleet_request *request)
{
    char line[SSH_KEY_LINE_SIZE];

    for (; text != NULL && *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
        size_t length = strcspn(text, "\n");

        request->failed = request->failed || length >= sizeof line;
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        if (length > 0)
            fleet_request_set(request, "keys", line);
    }
}

static void set_new(struct tool *tool, const struct change *change, const struct account *account,
                    struct fleet_request *request)
{
    fleet_request_set_all(request, account);
    set_keys(row_of(change)->keys, request);
    if (row_of(change)->scopes != NULL)
        scope_ask(row_of(change)->scopes, request);
    else
        scope_set(tool, SCOPE_USUAL, request);
}

static void set_changes(struct tool *tool, const struct change *change, const struct account *account,
                        struct fleet_request *request)
{
    const struct slice *slice = change->own;
    struct import_row *row = row_of(change);
    struct difference difference;
    struct account present = { 0 };

    (void)account;
    if (update_find(slice->batch, row, &present, &difference) != GO_ON)
        request->failed = true;
    else
        difference_ask(tool->store, &difference, request);
    row->changed = difference.columns;
    row->takes = difference_takes(&present, &difference);
    difference_free(&difference);
    explicit_bzero(&present, sizeof present);
}

/* -- a slice ------------------------------------------------------------------------------ */

static bool fill(struct work *work, const struct slice *slice)
{
    work->targets = (struct targets){ .list = calloc(slice->count, sizeof *work->targets.list), .count = slice->count };
    for (size_t i = 0; work->targets.list != NULL && i < slice->count; i++) {
        import_row_unpack(&slice->batch->rows[slice->rows[i]], &work->targets.list[i].before);
        work->targets.list[i].due = true;
    }
    return work->targets.list != NULL;
}

/* Those that are there: as they are now. */
static enum status find(struct work *work)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < work->targets.count; i++) {
        struct account *account = &work->targets.list[i].before;

        status = tool_store_status(work->tool, store_account_by_uid(work->tool->store, account->uid, account), account->username);
    }
    return status == GO_ON ? upward_begin(work) : status;
}

static void take_done(const struct work *work, const struct slice *slice)
{
    for (size_t i = 0; i < slice->count; i++) {
        struct import_row *row = &slice->batch->rows[slice->rows[i]];
        const struct target *target = &work->targets.list[i];

        row->made = target->changed;
        row->late = target->changed && upward_is_late(&work->upward, i);
        if (target->changed && row->kind == ROW_NEW)
            row->uid = target->after.uid;
    }
}

static enum status make_slice(struct slice *slice, bool is_new, bool more, struct fleet_identity *identity)
{
    struct tool *tool = slice->batch->tool;
    struct work work = { .tool = tool, .upward = { .identity = *identity, .more = more }, .change = {
        .event = is_new ? "import" : "edit", .own = slice, .fleet_does = is_new ? "add" : "change",
        .fleet_sets = is_new ? set_new : set_changes, .among = &work.targets } };
    enum status status = fill(&work, slice) ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory");

    *identity = (struct fleet_identity){ .secret = NULL };
    if (status == GO_ON)
        status = is_new ? upward_begin_new(&work) : find(&work);
    if (status == GO_ON)
        status = upward_commit(&work);
    if (status == GO_ON) {
        take_done(&work, slice);
        upward_note(&work);
    }
    *identity = work.upward.identity;
    work.upward.identity = (struct fleet_identity){ .secret = NULL };
    upward_end(&work);
    targets_free(&work.targets);
    return status;
}

/* -- all of them -------------------------------------------------------------------------- */

/* The next ones of a kind, from *next on. */
static void choose(struct slice *slice, enum row_kind kind, size_t *next)
{
    slice->count = 0;
    for (; *next < slice->batch->count && slice->count < SLICE; (*next)++)
        if (slice->batch->rows[*next].kind == kind)
            slice->rows[slice->count++] = *next;
}

static size_t count_made(const struct import_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->rows[i].made;
    return count;
}

/* What was not done is not told as if it were. */
static void drop_unmade(struct import_batch *batch)
{
    size_t kept = 0;

    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].made)
            batch->rows[kept++] = batch->rows[i];
        else
            import_row_free(&batch->rows[i]);
    batch->count = kept;
}

static enum status make_kind(struct import_batch *batch, enum row_kind kind, struct progress *progress,
                             struct fleet_identity *identity)
{
    struct slice slice = { .batch = batch };
    enum status status = GO_ON;
    size_t next = 0, made = 0;

    for (choose(&slice, kind, &next); status == GO_ON && slice.count > 0; choose(&slice, kind, &next)) {
        made = count_made(batch);
        progress_step(progress, made);
        status = make_slice(&slice, kind == ROW_NEW, made + slice.count < batch->count, identity);
        if (status == GO_ON && count_made(batch) < made + slice.count)
            return STATUS_DONE; /* the rest of it was refused, and is said */
    }
    return status;
}

enum status make_fleet(struct import_batch *batch, struct fleet_identity *identity)
{
    struct progress progress = { .what = "accounts written", .total = batch->count,
                                 .wanted = tool_has(batch->tool, OPTION_PROGRESS) };
    enum status status = make_kind(batch, ROW_NEW, &progress, identity);
    size_t made;

    if (status == GO_ON)
        status = make_kind(batch, ROW_CHANGE, &progress, identity);
    fleet_identity_forget(identity);
    made = count_made(batch);
    if (made == 0)
        return status;
    if (made < batch->count)
        tool_complain(batch->tool, "%zu of %zu were done; run it again for the others", made, batch->count);
    drop_unmade(batch);
    return GO_ON;
}
