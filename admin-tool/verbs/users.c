/*
 * The verbs about accounts that exist. Each change is a record of what to check, write and carry
 * out; change.c has the order of it.
 */
#include "users.h"

#include <stdio.h>
#include <string.h>

#include "change/change.h"
#include "change/open.h"
#include "change/transaction.h"
#include "host/clash.h"
#include "host/local_users.h"
#include "host/oneself.h"
#include "host/setid.h"
#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/activity_summary.h"
#include "sql/store.h"
#include "sql/store_changes.h"
#include "terminal/answer.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "here.h"
#include "loss.h"

/* -- what several of them share ----------------------------------------------------------- */

static enum status check_reason(const char *reason)
{
    if (reason == NULL)
        return GO_ON;
    if (strlen(reason) >= ACCOUNT_REASON_SIZE)
        return tool_refuse_as(KIND_INVALID, "reason", NULL, "the reason is longer than %d octets",
                           ACCOUNT_REASON_SIZE - 1);
    if (account_text_fault(reason) != NULL)
        return tool_refuse_as(KIND_INVALID, "reason", NULL, "the reason %s", account_text_fault(reason));
    return GO_ON;
}

/* -- suspend and activate ----------------------------------------------------------------- */

/* Of one who is suspended already, too: a run that was killed may have left it. */
static bool ends_suspended(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)change;
    (void)target;
    return !tool_has(tool, OPTION_KEEP_SESSIONS);
}

static bool settles_suspended(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)tool;
    (void)change;
    (void)target;
    return true;
}

static void advise_suspend(const struct account *account, char ret[SETID_COMMAND_SIZE])
{
    snprintf(ret, SETID_COMMAND_SIZE, "admin-tool users suspend %s --remove-setid", account->username);
}

/* The file bits that outlive the change. */
static void settle_suspend(struct tool *tool, const struct change *change, const struct account *accounts, size_t count)
{
    (void)change;
    setid_settle(tool, accounts, count, false, advise_suspend);
    for (size_t i = 0; i < count; i++) {
        answer_about(accounts[i].username);
        host_complain_local(tool, accounts[i].username);
    }
}

static void preview_suspend(struct tool *tool, const struct change *change, const struct account *accounts, size_t count,
                            FILE *out)
{
    (void)change;
    setid_preview(tool, accounts, count, true, 0, out);
}

static bool is_dormant(const struct tool *tool, const struct account *account)
{
    struct account active = *account;

    active.status = ACCOUNT_ACTIVE; /* beneath a suspension, too */
    explicit_bzero(active.hash, sizeof active.hash);
    return account_state(&active, &tool->policy, tool->now) == ACCOUNT_STATE_DORMANT;
}

static enum status check_status(struct tool *tool, const struct change *change,
                                const struct account *account)
{
    bool suspends = strcmp(change->event, "suspend") == 0;
    enum account_status present;
    struct fleet_account from;
    enum status status;

    if (here_is_meant(tool, account, &from) && (suspends || !is_dormant(tool, account))) {
        status = here_check(account, &from, suspends);
        return status == GO_ON && suspends ? loss_check(tool, change, account) : status;
    }
    status = here_status(tool, account, &present);
    if (status != GO_ON)
        return status;
    if ((present == ACCOUNT_SUSPENDED) == suspends && (suspends || !is_dormant(tool, account))) {
        printf("%s is already %s.\n", account->username, account_status_name(present));
        return STATUS_DONE;
    }
    return suspends ? loss_check(tool, change, account) : GO_ON;
}

/* Roles besides everybody's, of those given. */
static enum status check_gift(const struct account *account, unsigned given)
{
    return (given & ~(unsigned)ROLE_MEMBER) == 0 ? GO_ON
           : host_refuse_local(account->username, "who would get the groups of the roles and log in past us;");
}

/* Whom a restore brought in suspended because of another gets in only when that one is out of the way. */
static enum status look_activate(struct tool *tool, const struct change *change,
                                 const struct account *account)
{
    char reason[CLASH_REASON_SIZE];

    (void)tool;
    (void)change;
    if (clash_find_identity(account, true, reason))
        return tool_refuse(STATUS_REFUSED, "clash: %s: %s; two would be one: change or remove that first "
                           "('usermod', 'groupmod', 'userdel')", account->username, reason);
    return check_gift(account, account->roles);
}

static enum store_result apply_suspend(struct tool *tool, const struct change *change,
                                       const struct account *account)
{
    struct fleet_account from;

    (void)change;
    return here_is_meant(tool, account, &from) ? store_fleet_suspend_here(tool->store, account->uid, true)
                                               : store_account_set_status(tool->store, account->uid, ACCOUNT_SUSPENDED);
}

static enum store_result apply_activate(struct tool *tool, const struct change *change,
                                        const struct account *account)
{
    struct fleet_account from;
    enum store_result result = here_is_meant(tool, account, &from)
                                   ? store_fleet_suspend_here(tool->store, account->uid, false)
                                   : store_account_set_status(tool->store, account->uid, ACCOUNT_ACTIVE);

    (void)change;
    return result == STORE_OK ? store_account_wake(tool->store, account->uid, tool->now) : result;
}

static void set_suspended(struct tool *tool, const struct change *change, const struct account *account,
                          struct fleet_request *request)
{
    (void)change;
    (void)account;
    fleet_request_set(request, "status", "suspended");
    fleet_request_set(request, "reason", tool->arguments.value[OPTION_REASON]);
}

static void set_active(struct tool *tool, const struct change *change, const struct account *account,
                       struct fleet_request *request)
{
    (void)tool;
    (void)change;
    (void)account;
    fleet_request_set(request, "status", "active");
    fleet_request_set(request, "reason", "");
}

/* Who is dormant is each host's own. */
static enum store_result wake(struct tool *tool, const struct change *change, const struct account *account)
{
    (void)change;
    return store_account_wake(tool->store, account->uid, tool->now);
}

static void finish_activate(struct tool *tool, const struct change *change,
                            const struct account *before, const struct account *after)
{
    (void)change;
    if (after->status != ACCOUNT_ACTIVE)
        printf("%s is no longer suspended here, but still in the fleet.\n", before->username);
    else
        printf("%s %sis active again.\n", before->username, is_dormant(tool, before) ? "was dormant and " : "");
}

enum status users_suspend(struct tool *tool)
{
    bool here = tool_has(tool, OPTION_HERE);
    char detail[HERE_DETAIL_SIZE];
    const struct change change = {
        .event = "suspend", .plan = "suspend", .outcome = here ? "is suspended here" : "is suspended", .asks = true,
        .here = here, .detail = here_detail(tool, detail),
        .check = check_status, .apply = apply_suspend, .ends = ends_suspended,
        .settles = settles_suspended, .settle = settle_suspend, .preview_all = preview_suspend,
        .fleet_does = "change", .fleet_sets = set_suspended,
    };
    enum status status = check_reason(tool->arguments.value[OPTION_REASON]);

    return status == GO_ON ? change_accounts(tool, &change) : status;
}

enum status users_activate(struct tool *tool)
{
    const struct change change = {
        .event = "activate", .plan = "activate", .asks = true, .here = tool_has(tool, OPTION_HERE),
        .check = check_status, .look = look_activate, .apply = apply_activate, .finish = finish_activate,
        .fleet_does = "change", .fleet_sets = set_active, .beside = wake,
    };

    return change_accounts(tool, &change);
}

/* -- edit-roles --------------------------------------------------------------------------- */

static enum status check_roles(struct tool *tool, const struct change *change,
                               const struct account *account)
{
    char names[ROLES_SIZE];

    if (account->roles == change->roles) {
        print_roles_in_words(account->roles, names);
        printf("%s already has exactly the %s.\n", account->username, names);
        return STATUS_DONE;
    }
    if ((account->roles & ~change->roles) == 0)
        return GO_ON;
    return (change->roles & ROLE_ADMIN) == 0 ? loss_check(tool, change, account)
                                             : oneself_check(tool, account);
}

static enum status look_roles(struct tool *tool, const struct change *change,
                              const struct account *account)
{
    (void)tool;
    return check_gift(account, change->roles & ~account->roles);
}

static enum store_result apply_roles(struct tool *tool, const struct change *change,
                                     const struct account *account)
{
    return store_account_set_roles(tool->store, account->uid, change->roles);
}

static void set_roles(struct tool *tool, const struct change *change, const struct account *account,
                      struct fleet_request *request)
{
    (void)tool;
    (void)account;
    fleet_request_set_roles(request, change->roles);
}

/* A process keeps its groups: what runs with a role taken away has to go. */
static bool ends_demoted(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)change;
    return target->changed && (target->before.roles & ~target->after.roles) != 0 && !tool_has(tool, OPTION_KEEP_SESSIONS);
}

/* A file's set-group-id bit keeps a group, too. */
static bool settles_demoted(const struct tool *tool, const struct change *change, const struct target *target)
{
    (void)tool;
    (void)change;
    return !target->changed || (target->before.roles & ~target->after.roles) != 0;
}

static void advise_roles(const struct account *account, char ret[SETID_COMMAND_SIZE])
{
    char names[ROLES_SIZE];

    print_roles(account->roles, names);
    snprintf(ret, SETID_COMMAND_SIZE, "admin-tool users edit-roles %s --roles %s --remove-setid", account->username,
             names);
}

static void settle_roles(struct tool *tool, const struct change *change, const struct account *accounts, size_t count)
{
    (void)change;
    setid_settle(tool, accounts, count, false, advise_roles);
}

static void announce_roles(const struct tool *tool, const struct change *change,
                           const struct account *account, FILE *out)
{
    if ((account->roles & ~change->roles) != 0 && !tool_has(tool, OPTION_KEEP_SESSIONS))
        fprintf(out, "Taking a role away ends what %s runs, unless --keep-sessions.\n", account->username);
}

static void preview_roles(struct tool *tool, const struct change *change, const struct account *accounts, size_t count,
                          FILE *out)
{
    setid_preview(tool, accounts, count, false, change->roles, out);
}

enum status users_edit_roles(struct tool *tool)
{
    const char *text = tool->arguments.value[OPTION_ROLES];
    char names[ROLES_SIZE], plan[64], outcome[64];
    struct change change = {
        .event = "edit-roles", .plan = plan, .outcome = outcome, .asks = true,
        .check = check_roles, .look = look_roles, .apply = apply_roles, .ends = ends_demoted,
        .settles = settles_demoted, .settle = settle_roles, .announce = announce_roles, .preview_all = preview_roles,
        .fleet_does = "change", .fleet_sets = set_roles,
    };

    if (text == NULL)
        return tool_refuse_as(KIND_MISSING, "roles", NULL,
                              "missing: --roles R,R; the set that replaces the present one");
    if (!roles_parse(text, &change.roles))
        return tool_refuse_as(KIND_INVALID, "roles", text,
                              "unknown role in '%s'; roles are admin, auditor, member", text);
    print_roles_in_words(change.roles, names);
    snprintf(plan, sizeof plan, "give exactly the %s to", names);
    snprintf(outcome, sizeof outcome, "has the %s", names);
    return change_accounts(tool, &change);
}

/* -- unlock ------------------------------------------------------------------------------- */

static enum status check_unlock(struct tool *tool, const struct change *change,
                                const struct account *account)
{
    struct activity_log *log = tool_open_activity();
    struct activity_summary summary = { 0 };
    enum store_result result = STORE_FAILED;

    (void)change;
    if (log != NULL)
        result = activity_summarise(log, account->uid, &tool->policy, tool->now, &summary);
    activity_close(log);
    if (result != STORE_OK || summary.failures != 0 || summary.locked_until != 0)
        return GO_ON;
    printf("%s has no failed logins to forget.\n", account->username);
    return STATUS_DONE;
}

/* The row alone; the log is another file, changed when the row is certain. */
static enum store_result apply_unlock(struct tool *tool, const struct change *change,
                                      const struct account *account)
{
    (void)tool;
    (void)change;
    (void)account;
    return STORE_OK;
}

static void finish_unlock(struct tool *tool, const struct change *change,
                          const struct account *before, const struct account *after)
{
    struct activity_log *log = tool_open_activity();

    (void)change;
    (void)after;
    if (log == NULL || activity_unlock(log, before->uid) != STORE_OK)
        tool_complain(tool,
                      PRIVATE_DIR "/activity.db cannot be written; %s may still be locked out",
                      before->username);
    activity_close(log);
}

enum status users_unlock(struct tool *tool)
{
    static const struct change change = {
        .event = "unlock", .plan = "unlock", .outcome = "is unlocked", .here = true,
        .check = check_unlock, .apply = apply_unlock, .finish = finish_unlock,
    };

    return change_accounts(tool, &change);
}
