/*
 * users edit: single facts of an account, each judged as in create. What was not given stays as it is
 * when the transaction begins, whoever changed it meanwhile.
 */
#include "edit.h"

#include <stdio.h>
#include <string.h>

#include "change/change.h"
#include "change/scope.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/memory.h"
#include "sql/store_changes.h"
#include "sql/store_keys.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/when.h"
#include "newcomer.h"

/* What was given, over what is. */
static struct account merge(const struct tool *tool, const struct account *given,
                            const struct account *present)
{
    struct account merged = *present;

    if (tool_has(tool, OPTION_EMAIL))
        memcpy(merged.email, given->email, sizeof merged.email);
    if (tool_has(tool, OPTION_FULL_NAME))
        memcpy(merged.full_name, given->full_name, sizeof merged.full_name);
    if (tool_has(tool, OPTION_SHELL))
        memcpy(merged.shell, given->shell, sizeof merged.shell);
    if (tool_has(tool, OPTION_EXPIRES))
        merged.expires_at = given->expires_at;
    if (tool_has(tool, OPTION_NO_PASSWORD))
        explicit_bzero(merged.hash, sizeof merged.hash);
    if (tool_has(tool, OPTION_PASSWORD_MAX_DAYS))
        merged.password_max_days = given->password_max_days;
    if (tool_has(tool, OPTION_NEVER_DORMANT) || tool_has(tool, OPTION_MAY_BE_DORMANT))
        merged.never_dormant = given->never_dormant;
    return merged;
}

static bool is_same(const struct account *one, const struct account *other)
{
    return strcmp(one->email, other->email) == 0 && one->expires_at == other->expires_at &&
           one->password_max_days == other->password_max_days && one->never_dormant == other->never_dormant &&
           strcmp(one->full_name, other->full_name) == 0 && strcmp(one->shell, other->shell) == 0 &&
           strcmp(one->hash, other->hash) == 0;
}

/* The store compares e-mail without case, so the owner himself may have it already. */
static enum status check_email(struct tool *tool, const struct account *account)
{
    struct account owner = { .uid = account->uid };
    enum store_result result = store_account_by_email(tool->store, account->email, &owner);
    bool taken = owner.uid != account->uid;

    if (account->email[0] == '\0' && !account->service)
        return tool_refuse(STATUS_REFUSED, "%s needs an e-mail address: only a service account may be without",
                           account->username);
    explicit_bzero(&owner, sizeof owner);
    if (result == STORE_NOT_FOUND || (result == STORE_OK && !taken))
        return GO_ON;
    return newcomer_email_status(tool, result == STORE_OK ? STORE_TAKEN : result, account->email);
}

/* What is this host's own goes by itself. */
static enum status check_whose(const struct tool *tool, const struct change *change, const struct account *account)
{
    if (!account->fleet && tool_has(tool, OPTION_SCOPE))
        return tool_refuse_as(KIND_INVALID, "scope", account->username, "%s is of here and has no scope; leave --scope out",
                              account->username);
    if (account->fleet && !change->here &&
        (tool_has(tool, OPTION_PASSWORD_MAX_DAYS) || tool_has(tool, OPTION_NEVER_DORMANT) || tool_has(tool, OPTION_MAY_BE_DORMANT)))
        return tool_refuse(STATUS_USAGE, "ageing is each host's own, and the rest of %s the fleet's; change them in two calls",
                           account->username);
    return GO_ON;
}

static enum status check_edit(struct tool *tool, const struct change *change,
                              const struct account *account)
{
    struct account merged = merge(tool, change->edited, account);
    enum status status = check_whose(tool, change, account);

    if (status == GO_ON && is_same(&merged, account) && !tool_has(tool, OPTION_SCOPE)) {
        printf("%s has these values already; nothing was changed.\n", account->username);
        status = STATUS_DONE;
    } else if (status == GO_ON) {
        status = check_email(tool, &merged);
    }
    explicit_bzero(merged.hash, sizeof merged.hash);
    return status;
}

static enum store_result apply_edit(struct tool *tool, const struct change *change,
                                    const struct account *account)
{
    struct account merged = merge(tool, change->edited, account);
    enum store_result result = store_account_edit(tool->store, &merged);

    if (result == STORE_OK && strcmp(merged.hash, account->hash) != 0) /* taken away */
        result = store_account_set_password(tool->store, account->uid, "", false, 0, tool->now);
    explicit_bzero(merged.hash, sizeof merged.hash);
    return result;
}

static void set_facts(struct tool *tool, const struct change *change, const struct account *account,
                      struct fleet_request *request)
{
    const struct account *edited = change->edited;

    (void)account;
    if (tool_has(tool, OPTION_EMAIL))
        fleet_request_set(request, "email", edited->email);
    if (tool_has(tool, OPTION_FULL_NAME))
        fleet_request_set(request, "full_name", edited->full_name);
    if (tool_has(tool, OPTION_SHELL))
        fleet_request_set(request, "shell", edited->shell);
    if (tool_has(tool, OPTION_EXPIRES))
        fleet_request_set_number(request, "expires_at", edited->expires_at);
    if (tool_has(tool, OPTION_NO_PASSWORD))
        fleet_request_set(request, "hash", "");
    scope_set(tool, NULL, request);
}

static void print_difference(const char *what, const char *before, const char *after, FILE *out)
{
    char old[CELL_SIZE], new[CELL_SIZE];

    if (strcmp(before, after) == 0)
        return;
    print_escape(before, old, sizeof old);
    print_escape(after, new, sizeof new);
    fprintf(out, "%s: %s -> %s\n", what, old, new);
}

static void preview_edit(struct tool *tool, const struct change *change,
                         const struct account *account, FILE *out)
{
    struct account merged = merge(tool, change->edited, account);
    char before[WHEN_SIZE], after[WHEN_SIZE];

    when_format_end(account->expires_at, "never", before);
    when_format_end(merged.expires_at, "never", after);
    print_difference("email", account->email, merged.email, out);
    print_difference("full name", account->full_name, merged.full_name, out);
    print_difference("shell", account->shell, merged.shell, out);
    print_difference("account expires at", before, after, out);
    print_difference("password", account->hash[0] != '\0' ? "yes" : "none", merged.hash[0] != '\0' ? "yes" : "none",
                     out);
    account_days_write(account->password_max_days, before);
    account_days_write(merged.password_max_days, after);
    print_difference("password max days", before, after, out);
    print_difference("never dormant", account->never_dormant ? "yes" : "no", merged.never_dormant ? "yes" : "no", out);
    explicit_bzero(merged.hash, sizeof merged.hash);
}

/* At that time no other Admin is left to undo it. */
static bool is_last_admin(const struct tool *tool, const struct account *account, int64_t when)
{
    struct policy awake = tool->policy;
    int64_t others = 1;

    awake.dormant_days = 0; /* who is used until then is not known */
    return (account->roles & ROLE_ADMIN) != 0 &&
           store_count_other_admins(tool->store, account->uid, &awake, when, &others) == STORE_OK && others == 0;
}

static void note_no_way(const struct tool *tool, const struct account *account)
{
    char *keys = NULL;
    bool none = store_keys_text(tool->store, account->uid, &keys) == STORE_OK && keys[0] == '\0';

    store_text_free(keys);
    if (none)
        tool_refuse(GO_ON, "note: %s%s has no password and no key of the account now; see 'admin-tool keys add'",
                    account->username, is_last_admin(tool, account, tool->now) ? ", the last active Admin," : "");
}

/* Allowed, for the day is yet to come, or a key opens; but who is left then cannot undo it. */
static void finish_edit(struct tool *tool, const struct change *change,
                        const struct account *before, const struct account *after)
{
    (void)change;
    printf("%s is changed.\n", after->username);
    if (before->never_dormant && account_state(after, &tool->policy, tool->now) == ACCOUNT_STATE_DORMANT)
        tool_refuse(GO_ON, "note: %s is dormant now; 'admin-tool users activate %s' wakes it", after->username,
                    after->username);
    if (after->expires_at != before->expires_at && after->expires_at != 0 &&
        is_last_admin(tool, after, after->expires_at))
        tool_refuse(GO_ON, "note: %s is the last active Admin; after that there is none",
                    after->username);
    if (before->hash[0] != '\0' && after->hash[0] == '\0' && !after->service)
        note_no_way(tool, after);
}

/* The options, judged; nothing is opened here. */
static enum status read_edits(struct tool *tool, struct account *ret)
{
    enum status status = GO_ON;

    if (!tool_has(tool, OPTION_EMAIL) && !tool_has(tool, OPTION_FULL_NAME) &&
        !tool_has(tool, OPTION_SHELL) && !tool_has(tool, OPTION_EXPIRES) && !tool_has(tool, OPTION_NO_PASSWORD) &&
        !tool_has(tool, OPTION_PASSWORD_MAX_DAYS) && !tool_has(tool, OPTION_NEVER_DORMANT) &&
        !tool_has(tool, OPTION_MAY_BE_DORMANT) && !tool_has(tool, OPTION_SCOPE))
        return tool_refuse_as(KIND_MISSING, NULL, NULL, "missing: what to change; try 'admin-tool users edit "
                           "--help'");
    if (tool_has(tool, OPTION_EMAIL) && tool->arguments.value[OPTION_EMAIL][0] != '\0')
        status = newcomer_take_email(tool->arguments.value[OPTION_EMAIL], ret);
    if (status == GO_ON)
        status = newcomer_take_full_name(tool, ret);
    if (status == GO_ON && tool_has(tool, OPTION_SHELL))
        status = newcomer_take_shell(tool, ret);
    if (status == GO_ON)
        status = newcomer_take_expiry(tool, ret);
    if (status == GO_ON)
        status = newcomer_take_days(tool, ret);
    if (status == GO_ON)
        status = scope_check(tool);
    return status;
}

/* Ageing is each host's own, also of an account that comes from the fleet. */
static bool is_of_here(const struct tool *tool)
{
    static const enum option_id others[] = {
        OPTION_EMAIL, OPTION_FULL_NAME, OPTION_SHELL, OPTION_EXPIRES, OPTION_NO_PASSWORD, OPTION_SCOPE,
    };
    bool only = true;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        only = only && !tool_has(tool, others[i]);
    return only;
}

enum status users_edit(struct tool *tool)
{
    struct account edited = { 0 };
    const struct change change = {
        .event = "edit", .plan = "change", .edited = &edited, .here = is_of_here(tool),
        .check = check_edit, .apply = apply_edit, .finish = finish_edit, .preview = preview_edit,
        .fleet_does = "change", .fleet_sets = set_facts,
    };
    enum status status = read_edits(tool, &edited);

    return status == GO_ON ? change_account(tool, &change) : status;
}
