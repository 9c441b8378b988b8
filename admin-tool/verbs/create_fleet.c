/*
 * An account of the fleet made from here: what is made on this host, home and subordinate ids, waits until it has come.
 */
#include "create_fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/answer_targets.h"
#include "change/change.h"
#include "change/handover.h"
#include "change/record.h"
#include "change/scope.h"
#include "change/transaction.h"
#include "change/upward.h"
#include "change/work.h"
#include "host/home.h"
#include "host/subids.h"
#include "sql/account.h"
#include "sql/store_fleet.h"
#include "terminal/answer.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "newcomer_home.h"

bool create_fleet_is_meant(const struct tool *tool)
{
    struct fleet fleet;

    return !tool_has(tool, OPTION_HERE) && tool->store != NULL && store_fleet(tool->store, &fleet) == STORE_OK;
}

/* -- allowed? ----------------------------------------------------------------------------- */

static enum status check(struct tool *tool, const struct account *account)
{
    const struct policy *policy = &tool->policy;
    struct account somebody = *account;
    enum status status;

    if (account->service || tool_has(tool, OPTION_PASSWORD_MAX_DAYS) || tool_has(tool, OPTION_NEVER_DORMANT))
        return tool_refuse(STATUS_USAGE, "service accounts and ageing are each host's own; use --here, or 'admin-tool users edit' "
                           "on each host");
    if (account->uid != 0 && (account->uid < policy->fleet_uid_min || account->uid > policy->fleet_uid_max))
        return tool_refuse_as(KIND_INVALID, "uid", NULL, "uid %u is not of the fleet's range, %lld to %lld; leave --uid out, or use "
                              "--here", account->uid, (long long)policy->fleet_uid_min, (long long)policy->fleet_uid_max);
    if (somebody.uid == 0)
        somebody.uid = (uint32_t)policy->fleet_uid_max; /* some id that is not root's */
    status = newcomer_check_home(tool, &somebody);
    explicit_bzero(somebody.hash, sizeof somebody.hash);
    return status == GO_ON ? scope_check(tool) : status;
}

/* -- what is asked ------------------------------------------------------------------------ */

static void set_newcomer(struct tool *tool, const struct change *change, const struct account *account,
                         struct fleet_request *request)
{
    const struct newcomer *newcomer = change->own;

    fleet_request_set_all(request, account);
    for (size_t i = 0; i < newcomer->keys.count; i++)
        fleet_request_set(request, "keys", newcomer->keys.keys[i].line);
    scope_set(tool, SCOPE_USUAL, request);
}

/* -- making ------------------------------------------------------------------------------- */

static const char *password_of(const struct newcomer *newcomer)
{
    return newcomer->password[0] != '\0' ? newcomer->password : NULL;
}

static char *answer_more(struct tool *tool, const struct change *change, const struct account *after)
{
    return handover_make_object(tool, after, password_of(change->own));
}

static void equip(struct tool *tool, const struct account *account)
{
    if (!tool_has(tool, OPTION_NO_CREATE_HOME))
        home_make(tool, account);
    if (!tool_has(tool, OPTION_NO_SUBIDS))
        subids_give(tool, &(struct subid_owner){ .name = account->username, .uid = account->uid }, 1);
}

static void tell(struct work *work, const struct newcomer *newcomer)
{
    const struct target *target = work_turn_to(work, 0);

    newcomer_note_no_way(newcomer);
    if (!answer_is_json())
        handover_print(work->tool, &target->after, password_of(newcomer));
    upward_say(work);
    answer_targets(work->tool, &work->change);
    answer_about(NULL);
}

static enum status make(struct work *work, struct newcomer *newcomer)
{
    struct tool *tool = work->tool;
    struct target *target = &work->targets.list[0];
    enum status status = upward_identify(work);

    if (status == GO_ON)
        status = newcomer_make_password(tool, newcomer);
    if (status != GO_ON)
        return status;
    target->before = newcomer->account;
    change_hold_signals();
    answer_hear();
    status = upward_commit(work);
    fleet_identity_forget(&work->upward.identity);
    if (status == GO_ON) {
        record_event(tool, "create", &target->after);
        if (!upward_is_late(&work->upward, 0))
            equip(tool, &target->after);
        tell(work, newcomer);
    }
    change_release_signals();
    return status == GO_ON ? STATUS_DONE : status;
}

static enum status rehearse(struct work *work)
{
    struct target *target = &work->targets.list[0];

    answer_hear();
    if (!answer_is_json())
        print_account_row(work->tool, &target->before, stdout);
    printf("Would create %s in the fleet; nothing was changed.\n", target->before.username);
    answer_targets(work->tool, &work->change);
    return STATUS_DONE;
}

enum status create_fleet(struct tool *tool, struct newcomer *newcomer)
{
    struct work work = { .tool = tool, .change = { .event = "create", .fleet_does = "add", .fleet_sets = set_newcomer,
                                                   .own = newcomer, .more = answer_more } };
    enum status status = check(tool, &newcomer->account);

    if (status != GO_ON)
        return status;
    work.targets = (struct targets){ .list = calloc(1, sizeof *work.targets.list), .count = 1 };
    if (work.targets.list == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    work.targets.list[0] = (struct target){ .before = newcomer->account, .due = true };
    status = upward_begin_new(&work);
    if (status == GO_ON)
        status = tool_has(tool, OPTION_DRY_RUN) ? rehearse(&work) : make(&work, newcomer);
    upward_end(&work);
    targets_free(&work.targets);
    return status;
}
