/*
 * admin-tool reset-password: a new temporary password.
 */
#include "reset_password.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/change.h"
#include "change/handover.h"
#include "change/known.h"
#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/store.h"
#include "sql/store_changes.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "terminal/when.h"

/* A new password, in the clear and hashed; one for each account. */
struct reset {
    char password[CREDENTIAL_GENERATED_SIZE], hash[ACCOUNT_HASH_SIZE];
};

struct resets {
    struct reset *list; /* NULL: none yet */
    size_t count;
};

static const struct reset *reset_of(const struct change *change)
{
    const struct resets *resets = change->own;

    return &resets->list[change->nth];
}

/* That takes longer than all the rest. */
static enum status prepare_reset(struct tool *tool, const struct change *change)
{
    struct resets *resets = change->own;
    bool made = true;

    (void)tool;
    resets->list = calloc(change->among->count, sizeof *resets->list);
    resets->count = resets->list != NULL ? change->among->count : 0;
    for (size_t i = 0; made && i < resets->count; i++)
        made = credential_generate(resets->list[i].password) &&
               credential_hash(resets->list[i].password, resets->list[i].hash);
    return made && resets->list != NULL ? GO_ON
           : tool_refuse(STATUS_FAILED, "no password could be made; nothing was changed");
}

static int64_t temporary_end(const struct tool *tool)
{
    return tool->now + tool->policy.temporary_hours * 3600;
}

static enum store_result apply_reset(struct tool *tool, const struct change *change,
                                     const struct account *account)
{
    return store_account_set_password(tool->store, account->uid, reset_of(change)->hash, true,
                                      temporary_end(tool), tool->now);
}

static void set_reset(struct tool *tool, const struct change *change, const struct account *account,
                      struct fleet_request *request)
{
    (void)account;
    fleet_request_set(request, "hash", reset_of(change)->hash);
    fleet_request_set(request, "temporary", "true");
    fleet_request_set_number(request, "temporary_until", temporary_end(tool));
}

static void announce_reset(const struct tool *tool, const struct change *change, const struct account *account,
                           FILE *out)
{
    (void)tool;
    (void)change;
    if (account->service)
        fprintf(out, "%s is a service account, which is meant to have no password; this gives it one.\n",
                account->username);
    else if (account->hash[0] == '\0')
        fprintf(out, "%s has no password, only keys; this gives one.\n", account->username);
}

/* A new password opens nothing then. */
static void note_out(const struct tool *tool, const struct account *account)
{
    enum account_state state = account_state(account, &tool->policy, tool->now);

    if (state == ACCOUNT_STATE_EXPIRED)
        tool_refuse(GO_ON, "note: %s has expired; see 'admin-tool users edit %s --expires'", account->username,
                    account->username);
    else if (state != ACCOUNT_STATE_ACTIVE)
        tool_refuse(GO_ON, "note: %s is still %s; see 'admin-tool users activate'", account->username,
                    account_state_name(state));
}

/* What the account is beside its status, and a password does not mend. */
static void note_beside(const struct tool *tool, const struct account *account)
{
    struct activity_log *log = known_open(tool);
    char until[WHEN_SIZE];
    struct known known;

    known_read(tool, log, account, &known);
    activity_close(log);
    if (account->service)
        tool_refuse(GO_ON, "note: %s is a service account, which is meant to have no password; 'admin-tool users edit %s "
                    "--no-password' takes it away", account->username, account->username);
    when_format(known.extra.locked_until, "-", until);
    if (known.extra.locked_until != 0)
        tool_refuse(GO_ON, "note: %s is locked until %s where the wrong passwords came from; 'admin-tool users unlock %s' "
                    "ends that", account->username, until, account->username);
    known_free(&known);
}

/* As it is passed on, be it here already or on its way from the fleet. */
static struct account as_reset(const struct tool *tool, const struct account *after)
{
    struct account account = *after;

    account.temporary_until = temporary_end(tool);
    return account;
}

static void finish_reset(struct tool *tool, const struct change *change,
                         const struct account *before, const struct account *after)
{
    struct account account = as_reset(tool, after);

    (void)before;
    if (change->nth > 0 && !answer_is_json())
        puts("");
    if (!answer_is_json())
        handover_print(tool, &account, reset_of(change)->password);
    explicit_bzero(account.hash, sizeof account.hash);
    note_out(tool, after);
    note_beside(tool, after);
}

static char *answer_reset(struct tool *tool, const struct change *change, const struct account *after)
{
    struct account account = as_reset(tool, after);
    char *object = handover_make_object(tool, &account, reset_of(change)->password);

    explicit_bzero(account.hash, sizeof account.hash);
    return object;
}

static bool ends_reset(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)change;
    return target->changed && tool_has(tool, OPTION_END_SESSIONS);
}

enum status reset_password(struct tool *tool)
{
    struct resets resets = { .list = NULL };
    const struct change change = {
        .event = "reset-password", .plan = "reset the password of", .asks = true, .own = &resets,
        .prepare = prepare_reset, .apply = apply_reset, .finish = finish_reset, .more = answer_reset, .ends = ends_reset,
        .announce = announce_reset, .fleet_does = "change", .fleet_sets = set_reset,
    };
    enum status status = change_accounts(tool, &change);

    if (resets.list != NULL)
        explicit_bzero(resets.list, resets.count * sizeof *resets.list);
    free(resets.list);
    return status;
}
