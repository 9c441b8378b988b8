/*
 * users make-homes: the homes that are not there yet, as users create makes them. Nothing of the store is changed, and
 * no lock is held.
 */
#include "make_homes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/ready.h"
#include "change/transaction.h"
#include "host/home.h"
#include "host/home_move.h"
#include "host/home_owner.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/progress.h"
#include "terminal/say.h"

enum { PAGE_SIZE = 64 };

struct work {
    struct tool *tool;
    struct progress progress;
    size_t looked, made;
};

/* True when it was made, or would be. */
static bool make(struct tool *tool, const struct account *account)
{
    bool made;

    if (tool_has(tool, OPTION_DRY_RUN)) {
        printf("Would make %s for %s.\n", account->home, account->username);
        return true;
    }
    change_hold_signals(); /* no home is left half made */
    made = home_make(tool, account);
    change_release_signals();
    return made;
}

/* A rename that was killed may not have moved it yet: then another must not take its place. */
static bool is_left_behind(struct tool *tool, const struct account *account)
{
    char former[ACCOUNT_NAME_SIZE], home[ACCOUNT_PATH_SIZE];

    if (store_tombstone_by_uid(tool->store, account->uid, former) != STORE_OK ||
        !home_move_is_due(account, former, home))
        return false;
    tool_complain(tool, "the home of %s is still %s; run 'admin-tool users rename %s %s'", account->username, home, former,
                  account->username);
    return true;
}

static void look_at(struct work *work, const struct account *account)
{
    char reason[HOME_REASON_SIZE];

    progress_step(&work->progress, work->looked++);
    if (home_is_nobodys(account->home))
        return;
    switch (home_judge(account->home, account->uid, reason)) {
    case HOME_ABSENT:
        work->made += !is_left_behind(work->tool, account) && make(work->tool, account);
        break;
    case HOME_OWN:
    case HOME_OPEN:
    case HOME_LINK:
        break; /* there is one; check says what is wrong with it */
    case HOME_ROOTS:
        if (work->tool->arguments.operand == NULL)
            break; /* "/", or a service's folder */
        /* fall through */
    default:
        tool_complain(work->tool, "%s has no home of its own: %s; see 'admin-tool check %s'", account->username, reason,
                      account->username);
    }
}

/* Whose they are is asked for, so a suspended one is made, too. */
static enum status make_named(struct work *work)
{
    const struct arguments *arguments = &work->tool->arguments;
    struct account account = { 0 };
    enum status status = GO_ON;

    work->progress.total = arguments->operand_count;
    for (size_t i = 0; status == GO_ON && i < arguments->operand_count; i++)
        status = tool_store_status(work->tool, store_account_by_name(work->tool->store, arguments->operands[i],
                                                                     &account), arguments->operands[i]);
    for (size_t i = 0; status == GO_ON && i < arguments->operand_count; i++)
        if (store_account_by_name(work->tool->store, arguments->operands[i], &account) == STORE_OK)
            look_at(work, &account);
    explicit_bzero(&account, sizeof account);
    return status;
}

/* A service without a home was made so. */
static bool is_due(const struct tool *tool, const struct account *account)
{
    return !account->service && account_state(account, &tool->policy, tool->now) == ACCOUNT_STATE_ACTIVE;
}

static enum status make_pages(struct work *work, struct account page[PAGE_SIZE])
{
    enum store_result result = STORE_OK;
    uint32_t after = 0;
    size_t count = 1;

    while (result == STORE_OK && count > 0) {
        result = store_accounts_page(work->tool->store, after, page, PAGE_SIZE, &count);
        for (size_t i = 0; result == STORE_OK && i < count; i++) {
            after = page[i].uid;
            if (is_due(work->tool, &page[i]))
                look_at(work, &page[i]);
        }
    }
    return tool_store_status(work->tool, result, "the store");
}

static enum status make_all(struct work *work)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    uint64_t total = 0;
    enum status status;

    if (page == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory; no home was made");
    status = tool_store_status(work->tool, store_accounts_count(work->tool->store, &total), "the store");
    work->progress.total = (size_t)total;
    if (status == GO_ON)
        status = make_pages(work, page);
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return status;
}

static void report(const struct work *work)
{
    const char *plural = work->made == 1 ? "" : "s";

    if (tool_has(work->tool, OPTION_DRY_RUN))
        printf("Would make %zu home%s; nothing was changed.\n", work->made, plural);
    else if (work->made > 0)
        printf("Made %zu home%s.\n", work->made, plural);
    else if (!work->tool->troubled)
        puts("No home is missing.");
}

enum status users_make_homes(struct tool *tool)
{
    struct work work = { .tool = tool, .progress = { .what = "accounts looked at" } };
    const char *first = tool->arguments.operand;
    enum status status = tool_open(tool);

    answer_hear();
    if (status == GO_ON && tool->store == NULL && first != NULL)
        status = tool_store_status(tool, STORE_MISSING, first);
    if (status == GO_ON && tool->store != NULL)
        status = first != NULL ? make_named(&work) : make_all(&work);
    if (status != GO_ON)
        return status;
    report(&work);
    answer_count(tool_has(tool, OPTION_DRY_RUN) ? "would_make" : "made", (int64_t)work.made);
    tool->changed = tool->changed || (work.made > 0 && !tool_has(tool, OPTION_DRY_RUN));
    return STATUS_DONE;
}
