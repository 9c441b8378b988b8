/*
 * Putting a backup back. It decides who is let in, so it is taken from root alone, judged before
 * the store is touched, and shown before anything is asked.
 */
#include "restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "host/oneself.h"
#include "host/sessions.h"
#include "sql/account.h"
#include "sql/restore.h"
#include "sql/restore_plan.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_backup.h"
#include "sql/store_chain.h"
#include "terminal/columns.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/words.h"
#include "backup_source.h"
#include "rehearsal.h"
#include "restore_answer.h"
#include "restore_clash.h"

/* -- what it would do --------------------------------------------------------------------- */

struct plan {
    size_t accounts, passwords, gone;
    int64_t admins; /* active ones won, less those lost */
    bool rest;
    bool is_own; /* whoever runs this is one of those who lose something */
    struct restore_rules rules;
    struct rehearsal *rehearsal;
    struct restore_answer *answer;
    struct clash_list clashes; /* its uids are the rules' once all are known */
    struct audit_link newest; /* of the store that the plan was made for: each change has a row */
};

static const char *state_of(const struct tool *tool, const struct account *account)
{
    return account_state_name(account_state(account, &tool->policy, tool->now));
}

static bool add_row(const struct tool *tool, struct libscols_table *table, const struct restored *one)
{
    const struct account *whom = one->was ? &one->before : &one->after;
    char roles[ROLES_SIZE] = "", uid[16];
    const char *const texts[] = {
        whom->username, uid, one->was ? state_of(tool, &one->before) : "-",
        one->is ? state_of(tool, &one->after) : "gone", roles,
        one->password ? "the backup's" : "",
    };

    snprintf(uid, sizeof uid, "%u", whom->uid);
    if (one->is)
        print_roles(one->after.roles, roles);
    return words_add(table, texts, sizeof texts / sizeof texts[0]);
}

static bool is_admin(const struct tool *tool, bool there, const struct account *account)
{
    return there && (account->roles & ROLE_ADMIN) != 0 && !account->service &&
           account_state(account, &tool->policy, tool->now) == ACCOUNT_STATE_ACTIVE;
}

/* A process keeps what its user had. */
static bool loses(const struct restored *one)
{
    if (!one->was || one->before.status != ACCOUNT_ACTIVE)
        return false;
    return !one->is || one->after.status != ACCOUNT_ACTIVE ||
           (one->before.roles & ~one->after.roles) != 0;
}

static enum status add_rows(struct tool *tool, struct restore *restore, struct store *backup,
                            struct libscols_table *table, struct plan *plan)
{
    struct clashes *clashes = clashes_new(backup);
    char reason[CLASH_REASON_SIZE];
    enum store_result result;
    struct restored one;

    plan->rehearsal = rehearsal_new();
    plan->answer = restore_answer_new();
    if (clashes == NULL || plan->rehearsal == NULL) {
        clashes_free(clashes);
        return tool_refuse(STATUS_FAILED, "not enough memory");
    }
    while ((result = restore_next(restore, &one)) == STORE_OK) {
        bool clash = clashes_find(clashes, &one, reason);
        bool added = !clash || clash_list_add(&plan->clashes, &one.after, reason);

        if (clash)
            one.after.status = ACCOUNT_SUSPENDED; /* with --force; without, all is refused */
        added = added && add_row(tool, table, &one);
        restore_answer_add(plan->answer, tool, &one);
        rehearsal_note(plan->rehearsal, &one);

        plan->accounts++;
        plan->passwords += one.password && one.was;
        plan->gone += !one.is;
        plan->is_own = plan->is_own || (loses(&one) && oneself_is(&tool->actor, one.before.uid,
                                                                  one.before.username));
        plan->admins += (int64_t)is_admin(tool, one.is, &one.after) -
                        (int64_t)is_admin(tool, one.was, &one.before);
        explicit_bzero(&one, sizeof one);
        if (!added) {
            clashes_free(clashes);
            return tool_refuse(STATUS_FAILED, "not enough memory");
        }
    }
    clashes_free(clashes);
    return result == STORE_NOT_FOUND ? GO_ON : tool_store_status(tool, result, "the store");
}

static void print_plan(const struct plan *plan)
{
    if (plan->passwords > 0)
        printf("Passwords that go back to the backup's: %zu. One that was reset because somebody "
               "knew it works again.\n", plan->passwords);
    if (plan->gone > 0)
        printf("Accounts created since, which are removed: %zu. Their files keep a number as owner; neither name "
               "nor number is ever used again.\n", plan->gone);
    if (plan->rest)
        puts("Policy, or what is known of deleted accounts, changes, too.");
}

/* Whom the table is for: a program has the same as data, and whoever is asked sees it. NULL: nobody. */
static FILE *reader(const struct tool *tool)
{
    if (!answer_is_json())
        return stdout;
    return tool_has(tool, OPTION_DRY_RUN) ? NULL : stderr;
}

static enum status make_plan(struct tool *tool, struct store *backup, bool shown, struct plan *plan)
{
    static const char *const names[] = { "USERNAME", "UID", "NOW", "THEN", "ROLES", "PASSWORD" };
    struct libscols_table *table = words_new(names, sizeof names / sizeof names[0]);
    struct restore *restore = restore_new(tool->store, backup, &plan->rules);
    enum status status = table != NULL && restore != NULL
                             ? tool_store_status(tool, store_audit_newest(tool->store, &plan->newest),
                                                 "the audit log")
                             : tool_refuse(STATUS_FAILED, "not enough memory");

    if (status == GO_ON)
        status = add_rows(tool, restore, backup, table, plan);
    restore_free(restore);
    if (status == GO_ON)
        status = tool_store_status(tool, restore_changes_rest(tool->store, backup, &plan->rest),
                                   "the store");
    words_end(table, status == GO_ON && shown && plan->accounts > 0 ? reader(tool) : NULL);
    if (status != GO_ON)
        return status;
    if (!answer_is_json())
        clash_list_print(&plan->clashes);
    restore_answer_give(plan->answer, &plan->clashes);
    if (shown)
        status = tool_store_status(tool, rehearsal_print(plan->rehearsal, backup), "the backup");
    print_plan(plan);
    plan->rules.suspended = plan->clashes.uids;
    plan->rules.suspended_count = plan->clashes.count;
    return status;
}

/* A log that is not this store's stays where it is. */
static enum status note_log(struct tool *tool, struct store *backup)
{
    bool known = false;
    enum status status =
        tool_store_status(tool, restore_knows_log(tool->store, backup, &known), "the audit log");

    if (status == GO_ON && !known)
        tool_refuse(GO_ON, "note: the audit log in %s is not part of this store's and is not taken "
                    "over; keep the file for it", tool->arguments.operand);
    return status;
}

static enum status check_conflict(struct tool *tool, struct store *backup)
{
    char name[ACCOUNT_NAME_SIZE];
    enum store_result result = restore_find_conflict(tool->store, backup, name);

    if (result == STORE_NOT_FOUND)
        return GO_ON;
    if (result == STORE_OK)
        return tool_refuse(STATUS_REFUSED,
                           "%s, or the id it has in %s, is another account's here, perhaps a deleted "
                           "one's: it is the backup of another store. Move " PRIVATE_DIR
                           "/accounts.db away first if it is to replace this one", name,
                           tool->arguments.operand);
    return tool_store_status(tool, result, "the store");
}

/* Somebody must stay who can undo it. won: of active Admins, what the store has not got yet. */
static enum status check_admin_left(struct tool *tool, const struct plan *plan, int64_t won)
{
    int64_t present = 0;
    enum status status = GO_ON;

    if (plan->admins < 0 && !tool_has(tool, OPTION_FORCE))
        status = tool_store_status(tool, store_count_other_admins(tool->store, 0, &tool->policy,
                                                                  tool->now, &present), "the store");
    if (status != GO_ON || plan->admins >= 0 || tool_has(tool, OPTION_FORCE) || present + won > 0)
        return status;
    return tool_refuse_as(KIND_LAST_ADMIN, NULL, NULL, "afterwards there would be no active Admin; use --force, and "
                       "make one then");
}

static enum status check_own(const struct tool *tool, const struct plan *plan)
{
    if (!plan->is_own || tool_has(tool, OPTION_FORCE))
        return GO_ON;
    return tool_refuse_as(KIND_YOURSELF, NULL, NULL, "you yourself would lose your account or a role, and your "
                       "sessions; let another Admin do it, or use --force");
}

/* Shown above. */
static enum status check_clashes(const struct tool *tool, const struct plan *plan)
{
    if (plan->clashes.count == 0 || tool_has(tool, OPTION_FORCE))
        return GO_ON;
    return tool_refuse(STATUS_REFUSED, "%zu account%s of the backup clash%s with this machine, as shown: "
                       "mend that, or use --force, and they come in suspended; nothing was changed",
                       plan->clashes.count, plan->clashes.count == 1 ? "" : "s",
                       plan->clashes.count == 1 ? "es" : "");
}

static enum status ask(struct tool *tool, const struct plan *plan)
{
    if (plan->accounts == 0 && !plan->rest) {
        printf("All accounts are as in the backup%s; nothing was changed.\n",
               tool_has(tool, OPTION_EXACT)
                   ? "" : ", but for who was suspended or deleted since (--exact undoes that)");
        return STATUS_DONE;
    }
    if (tool_has(tool, OPTION_DRY_RUN)) {
        printf("Would change so many accounts: %zu; nothing was changed.\n", plan->accounts);
        return STATUS_DONE;
    }
    return tool_has(tool, OPTION_YES) ? GO_ON : confirm_change("restore this backup", stdout);
}

/* -- doing it ----------------------------------------------------------------------------- */

/* Whose sessions are to end. */
struct leavers {
    struct account *all; /* id and name */
    size_t count, room;
};

static bool add_leaver(struct leavers *leavers, const struct account *account)
{
    if (leavers->count == leavers->room) {
        size_t room = 2 * leavers->room + 16;
        struct account *all = reallocarray(leavers->all, room, sizeof *all);

        if (all == NULL)
            return false;
        leavers->all = all;
        leavers->room = room;
    }
    leavers->all[leavers->count] = (struct account){ .uid = account->uid };
    memcpy(leavers->all[leavers->count++].username, account->username, ACCOUNT_NAME_SIZE);
    return true;
}

static enum status find_leavers(struct tool *tool, struct store *backup, const struct plan *plan,
                                struct leavers *leavers)
{
    struct restore *restore = restore_new(tool->store, backup, &plan->rules);
    enum store_result result = restore != NULL ? STORE_OK : STORE_FAILED;
    struct restored one;

    while (result == STORE_OK && (result = restore_next(restore, &one)) == STORE_OK)
        if (loses(&one) && !add_leaver(leavers, &one.before))
            result = STORE_FAILED;
    explicit_bzero(&one, sizeof one);
    restore_free(restore);
    return result == STORE_NOT_FOUND ? GO_ON : tool_store_status(tool, result, "the store");
}

/* In the transaction; what was shown must still be what happens. */
static enum status apply(struct tool *tool, struct store *backup, const struct plan *plan,
                         struct leavers *leavers)
{
    struct audit_link newest = { 0 }, present = { 0 };
    char detail[512], path[384];
    enum store_result result = store_audit_newest(tool->store, &present);
    enum status status;

    if (result == STORE_OK && present.id != plan->newest.id)
        result = STORE_LOST;
    if (result == STORE_OK)
        result = store_audit_newest(backup, &newest);
    status = tool_store_status(tool, result, "the store");
    if (status == GO_ON)
        status = find_leavers(tool, backup, plan, leavers);
    if (status == GO_ON)
        result = restore_apply(tool->store, backup, &plan->rules, &tool->actor.audit,
                               tool->now);
    if (status == GO_ON && result == STORE_OK)
        result = store_policy(tool->store, &tool->policy); /* the directory follows it */
    if (status == GO_ON)
        status = tool_store_status(tool, result, "the backup");
    if (status == GO_ON)
        status = check_admin_left(tool, plan, 0);
    if (status != GO_ON)
        return status;
    print_escape(tool->arguments.operand, path, sizeof path);
    snprintf(detail, sizeof detail, "%s%s; its audit log ends with %lld:%s", path,
             tool_has(tool, OPTION_EXACT) ? ", exactly" : "", (long long)newest.id, newest.hash);
    return change_commit(tool, "restore", NULL, NULL, detail);
}

static enum status carry_out(struct tool *tool, struct store *backup, const struct plan *plan)
{
    struct leavers leavers = { 0 };
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = tool_store_status(tool, store_begin(tool->store), "the store");
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = apply(tool, backup, plan, &leavers);
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON) { /* said first: our own session may be one that ends */
        record_event(tool, "restore", NULL);
        answer_count("accounts", (int64_t)plan->accounts);
        printf("The backup is restored; accounts changed: %zu.\n", plan->accounts);
        sessions_end(tool, leavers.all, leavers.count);
    }
    change_release_signals();
    free(leavers.all);
    return status;
}

static enum status restore_by(struct tool *tool, struct store *backup, struct plan *plan)
{
    bool shown = tool_has(tool, OPTION_DRY_RUN) || !tool_has(tool, OPTION_YES);
    enum status status = tool_open(tool);

    if (status == GO_ON && tool->store == NULL) /* --dry-run: nothing is made */
        status = tool_store_status(tool, store_make_empty(&tool->store), "the store");
    if (status == GO_ON)
        status = check_conflict(tool, backup);
    if (status == GO_ON)
        status = make_plan(tool, backup, shown, plan);
    if (status == GO_ON)
        status = note_log(tool, backup);
    if (status == GO_ON)
        status = check_clashes(tool, plan);
    if (status == GO_ON)
        status = check_admin_left(tool, plan, plan->admins);
    if (status == GO_ON)
        status = check_own(tool, plan);
    if (status == GO_ON)
        status = ask(tool, plan);
    if (status == GO_ON)
        status = carry_out(tool, backup, plan);
    return status == GO_ON ? STATUS_DONE : status;
}

static enum status restore_from(struct tool *tool, struct store *backup)
{
    struct plan plan = { .rules.exact = tool_has(tool, OPTION_EXACT) };
    enum status status = restore_by(tool, backup, &plan);

    clash_list_free(&plan.clashes);
    restore_answer_free(plan.answer);
    rehearsal_free(plan.rehearsal);
    return status;
}

enum status backup_restore(struct tool *tool)
{
    struct backup_source source = { 0 };
    enum status status = backup_source_open(tool, &source); /* a bad one makes no store */

    answer_hear();
    if (status == GO_ON)
        status = restore_from(tool, source.store);
    backup_source_close(&source);
    return status;
}
