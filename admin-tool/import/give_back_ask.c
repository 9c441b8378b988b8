/*
 * What accounts lose that go back to /etc/passwd, said before the question.
 */
#include "give_back_ask.h"

#include <stdio.h>
#include <string.h>

#include "host/local_users.h"
#include "sql/account.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/say.h"
#include "lines.h"

enum { TOLD_MAX = 100, SHOWN_MAX = 8 };

struct asking {
    struct tool *tool;
    const struct goer *goers;
    size_t count, there, told; /* there: of them in /etc/passwd already */
    int64_t admins; /* active ones that go */
};

static void note(struct asking *work, const char *name, const char *text)
{
    if (work->told++ < TOLD_MAX)
        tool_refuse(GO_ON, "note: %s %s", name, text);
}

/* Of its line in /etc/shadow. */
static void note_line(struct asking *work, const struct account *account)
{
    const struct tool *tool = work->tool;
    bool shut = lines_are_shut(account, &tool->policy, tool->now);

    if (work->there > 0 && host_is_local(account->username)) {
        if (shut)
            note(work, account->username, "is not let in here, but the line in /etc/passwd decides, which stays: see "
                 "usermod(8), -L and -e 1");
        return;
    }
    if (shut)
        note(work, account->username, "is not let in here, so its line is locked and expired; see usermod(8), -U and -e");
    else if (lines_lock_password(account, tool->now))
        note(work, account->username, "has a temporary password that has expired, so it is locked");
    else if (account->temporary_until != 0)
        note(work, account->username, "has a temporary password, which has no end there");
}

static void note_account(struct asking *work, const struct account *account, bool has_keys)
{
    if (has_keys)
        note(work, account->username, "has ssh keys here, which sshd does not see there: they are kept in a file, for "
             "~/.ssh/authorized_keys");
    note_line(work, account);
    if ((account->roles & ~(unsigned)ROLE_MEMBER) != 0)
        note(work, account->username, (account->roles & ROLE_ADMIN) != 0
                 ? "is an Admin: rules that name coder-admin, as sudo's may, are of no use to it there"
                 : "is an Auditor: rules that name coder-auditor, as sudo's may, are of no use to it there");
}

static enum status note_all(struct asking *work)
{
    struct tool *tool = work->tool;
    struct account account;
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < work->count; i++) {
        char *keys = NULL;

        status = tool_store_status(tool, store_account_by_uid(tool->store, work->goers[i].uid, &account),
                                   work->goers[i].username);
        if (status == GO_ON)
            status = tool_store_status(tool, store_keys_text(tool->store, work->goers[i].uid, &keys),
                                       work->goers[i].username);
        if (status == GO_ON) {
            note_account(work, &account, keys[0] != '\0');
            work->admins += (account.roles & ROLE_ADMIN) != 0 &&
                            account_state(&account, &tool->policy, tool->now) == ACCOUNT_STATE_ACTIVE;
        }
        store_text_free(keys);
    }
    explicit_bzero(&account, sizeof account);
    if (work->told > TOLD_MAX)
        tool_refuse(GO_ON, "note: and %zu notes more", work->told - TOLD_MAX);
    return status;
}

/* When all go there is nobody to administer. */
static enum status note_admins(struct asking *work)
{
    struct tool *tool = work->tool;
    int64_t present = 0;
    uint64_t accounts = 0;
    enum store_result result = store_count_other_admins(tool->store, 0, &tool->policy,
                                                        tool->now, &present);

    if (result == STORE_OK)
        result = store_accounts_count(tool->store, &accounts);
    if (result == STORE_OK && work->admins > 0 && work->admins >= present && accounts > work->count)
        tool_refuse(GO_ON, "note: no active Admin is left here");
    return tool_store_status(tool, result, "the store");
}

static enum status ask(struct asking *work)
{
    char plan[512] = "move ";
    size_t used = strlen(plan), shown = 0;

    for (; shown < work->count && shown < SHOWN_MAX; shown++)
        used += (size_t)snprintf(plan + used, sizeof plan - used, "%s%s", shown > 0 ? ", " : "",
                                 work->goers[shown].username);
    if (shown < work->count)
        used += (size_t)snprintf(plan + used, sizeof plan - used, " and %zu more", work->count - shown);
    snprintf(plan + used, sizeof plan - used, " to /etc/passwd");
    if (tool_has(work->tool, OPTION_DRY_RUN)) {
        printf("Would %s; nothing was changed.\n", plan);
        return STATUS_DONE;
    }
    return tool_has(work->tool, OPTION_YES) ? GO_ON : confirm_change(plan, stdout);
}

enum status give_back_ask(struct tool *tool, const struct goer *goers, size_t count, size_t there)
{
    struct asking work = { .tool = tool, .goers = goers, .count = count, .there = there };
    enum status status = note_all(&work);

    if (status == GO_ON)
        status = note_admins(&work);
    return status == GO_ON ? ask(&work) : status;
}
