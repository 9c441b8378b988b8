/*
 * One change of one account: find, check, ask, and only then lock, begin, look again, change,
 * audit, prepare the publication, commit, publish. Nothing is asked in the transaction, and what is
 * said there is written after it (process.c).
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "terminal/command.h"
#include "oneself.h"
#include "terminal/print.h"

/* -- the question ------------------------------------------------------------------------- */

/* Only the word `yes` goes on; the end of the input does not. */
bool change_is_confirmed(const char *plan, FILE *out)
{
    char line[64];
    const char *end;

    memset(line, ' ', sizeof line); /* so that the last NUL is the line's end */
    fprintf(out, "Are you sure you want to %s? (yes/no) ", plan);
    fflush(out);
    if (fgets(line, sizeof line, stdin) == NULL || !isatty(STDIN_FILENO))
        fputc('\n', out); /* which nobody typed there */
    end = memrchr(line, '\0', sizeof line);
    return end != NULL && (end - line == 3 || (end - line == 4 && line[3] == '\n')) &&
           memcmp(line, "yes", 3) == 0;
}

static enum status ask(struct tool *tool, const struct change *change,
                       const struct account *account)
{
    FILE *out = tool_wants_json(tool) ? stderr : stdout;
    char plan[128];

    if (tool_has(tool, OPTION_DRY_RUN)) {
        print_account_row(account, out);
        if (change->preview != NULL)
            change->preview(tool, change, account, out);
        fprintf(out, "Would %s %s; nothing was changed.\n", change->plan, account->username);
        return STATUS_DONE;
    }
    if (!change->asks || tool_has(tool, OPTION_YES))
        return GO_ON;
    print_account_row(account, out);
    snprintf(plan, sizeof plan, "%s this user", change->plan);
    if (change_is_confirmed(plan, out))
        return GO_ON;
    return tool_refuse(STATUS_NOT_CONFIRMED, "not confirmed; nothing was changed");
}

/* -- the commit --------------------------------------------------------------------------- */

static void set_signals(int how)
{
    static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++)
        sigaddset(&set, held[i]);
    sigprocmask(how, &set, NULL);
}

void change_hold_signals(void)
{
    set_signals(SIG_BLOCK);
}

void change_release_signals(void)
{
    set_signals(SIG_UNBLOCK);
}

static enum status commit(struct tool *tool, bool publishes)
{
    enum status status = tool_store_status(tool, store_commit(tool->store), "the change");

    if (status != GO_ON) {
        publish_abandon();
        return status;
    }
    tool->changed = true;
    if (publishes && !publish_finish(tool))
        tool_complain(tool, "the change was made, but the public directory could not be replaced: "
                      "%s; run 'admin-tool publish'", strerror(errno));
    return GO_ON;
}

enum status change_begin(struct tool *tool)
{
    int64_t generation = 0;
    enum status status = tool_store_status(tool, store_begin(tool->store), "the store");

    tool->begun = 0;
    if (status == GO_ON)
        status = tool_store_status(tool, store_policy(tool->store, &tool->policy), "the policy");
    if (status == GO_ON)
        status = tool_store_status(tool, store_generation(tool->store, &generation),
                                   "the generation");
    if (status == GO_ON)
        tool->begun = generation;
    else
        store_rollback(tool->store);
    return status;
}

enum status change_append(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail)
{
    return tool_store_status(tool, store_audit_append(tool->store, &tool->actor.audit, event, before,
                                                      after, detail, tool->now), "the audit row");
}

enum status change_end(struct tool *tool, const struct account *before, const struct account *after)
{
    bool publishes = publish_is_due(tool);
    enum status status = publishes ? publish_prepare(tool, before, after) : GO_ON;

    if (status == GO_ON)
        status = commit(tool, publishes);
    store_rollback(tool->store);
    tool->begun = 0;
    return status;
}

enum status change_commit(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail)
{
    enum status status = change_append(tool, event, before, after, detail);

    if (status == GO_ON)
        status = change_end(tool, before, after);
    store_rollback(tool->store);
    tool->begun = 0;
    return status;
}

/* -- the change --------------------------------------------------------------------------- */

static enum status find(struct tool *tool, struct account *ret)
{
    const char *name = tool->arguments.operand;

    if (tool->store == NULL)
        return tool_store_status(tool, STORE_MISSING, name);
    return tool_store_status(tool, store_account_by_name(tool->store, name, ret), name);
}

static enum status check(struct tool *tool, const struct change *change,
                         const struct account *account)
{
    return change->check != NULL ? change->check(tool, change, account) : GO_ON;
}

/* In the transaction, on the record as it is now; `shown` is what was asked about. */
static enum status make(struct tool *tool, const struct change *change,
                        const struct account *shown, struct account *ret_before,
                        struct account *ret_after)
{
    const char *name = shown->username;
    enum store_result result = store_account_by_uid(tool->store, shown->uid, ret_before);
    enum status status = tool_store_status(tool, result, name);

    if (status == GO_ON)
        status = check(tool, change, ret_before);
    if (status == GO_ON)
        status = tool_store_status(tool, change->apply(tool, change, ret_before), name);
    if (status != GO_ON)
        return status;
    result = store_account_by_uid(tool->store, shown->uid, ret_after);
    if (result == STORE_NOT_FOUND) {
        ret_after->uid = 0;
        return change_commit(tool, change->event, ret_before, NULL, change->detail);
    }
    status = tool_store_status(tool, result, name);
    if (status == GO_ON)
        status = change_commit(tool, change->event, ret_before, ret_after, change->detail);
    return status;
}

static void say_outcome(const struct change *change, const struct account *account)
{
    if (change->outcome != NULL)
        printf("%s %s.\n", account->username, change->outcome);
}

/* Who does it to himself hears of it first: what follows ends the session he could read it in. */
static void finish(struct tool *tool, const struct change *change, const struct account *before,
                   const struct account *after)
{
    bool own = oneself_is(&tool->actor, before->uid, before->username);

    if (own)
        say_outcome(change, before);
    if (change->finish != NULL)
        change->finish(tool, change, before, after);
    if (!own)
        say_outcome(change, before);
}

static enum status carry_out(struct tool *tool, const struct change *change,
                             const struct account *shown)
{
    struct account before, after;
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = make(tool, change, shown, &before, &after);
    store_rollback(tool->store);
    tool_unlock(tool); /* ending sessions may take seconds, and nobody need wait for it */
    if (status == GO_ON)
        record_event(tool, change->event, after.uid != 0 ? &after : &before);
    if (status == GO_ON)
        finish(tool, change, &before, after.uid != 0 ? &after : NULL);
    change_release_signals();
    if (status == GO_ON && change->settle != NULL)
        change->settle(tool, change, &before, after.uid != 0 ? &after : NULL);
    explicit_bzero(&before, sizeof before);
    explicit_bzero(&after, sizeof after);
    return status;
}

enum status change_account(struct tool *tool, const struct change *change)
{
    struct account account = { 0 };
    enum status status = tool_open(tool);

    if (status == GO_ON)
        status = find(tool, &account);
    if (status != GO_ON)
        return status;
    host_note_local(account.username);
    status = check(tool, change, &account);
    if (status == STATUS_DONE && change->again != NULL && !tool_has(tool, OPTION_DRY_RUN))
        change->again(tool, &account);
    if (status == GO_ON)
        status = ask(tool, change, &account);
    if (status == GO_ON)
        status = carry_out(tool, change, &account);
    explicit_bzero(account.hash, sizeof account.hash);
    return status == GO_ON ? STATUS_DONE : status;
}
