/*
 * users require-change: a new password is asked for at the next login, for which the present one is good, without an
 * end. Of those named, or of all: their ids are chosen and asked about first, then changed in one transaction.
 */
#include "require_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/change.h"
#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/account.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/print.h"
#include "terminal/say.h"

#define EVENT "require-change"

enum { PAGE_SIZE = 64, SHOWN_MAX = 50 };

/* Whom it concerns, by uid; 0: no longer. */
struct chosen {
    uint32_t *uids;
    size_t count, room;
    size_t without;  /* of all, who has no password */
    size_t followed; /* ... and who comes from the fleet */
};

/* -- choosing ----------------------------------------------------------------------------- */

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
}

static bool has_none(const struct account *account)
{
    return account->service || account->hash[0] == '\0';
}

static enum status choose(struct chosen *chosen, uint32_t uid)
{
    if (chosen->count == chosen->room) {
        size_t room = 2 * chosen->room + 64;
        uint32_t *uids = realloc(chosen->uids, room * sizeof *uids);

        if (uids == NULL)
            return refuse_memory();
        chosen->uids = uids;
        chosen->room = room;
    }
    chosen->uids[chosen->count++] = uid;
    return GO_ON;
}

static enum status choose_page(const struct account *page, size_t count, struct chosen *chosen)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < count; i++) {
        if (page[i].fleet)
            chosen->followed++;
        else if (has_none(&page[i]))
            chosen->without++;
        else if (!page[i].temporary)
            status = choose(chosen, page[i].uid);
    }
    return status;
}

static enum status choose_all(struct tool *tool, struct chosen *chosen)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = GO_ON;
    size_t count = PAGE_SIZE;

    if (page == NULL)
        return refuse_memory();
    for (uint32_t after = 0; status == GO_ON && count == PAGE_SIZE; after = page[PAGE_SIZE - 1].uid) {
        status = tool_store_status(tool, store_accounts_page(tool->store, after, page, PAGE_SIZE, &count), "the list");
        if (status == GO_ON)
            status = choose_page(page, count, chosen);
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    if (status == GO_ON && chosen->without > 0)
        tool_refuse(GO_ON, "note: %zu account%s without a password stay%s as before", chosen->without,
                    chosen->without == 1 ? "" : "s", chosen->without == 1 ? "s" : "");
    if (status == GO_ON && chosen->followed > 0)
        tool_refuse(GO_ON, "note: %zu account%s of the fleet stay%s as before; name those whom it is meant for", chosen->followed,
                    chosen->followed == 1 ? "" : "s", chosen->followed == 1 ? "s" : "");
    if (status == GO_ON && chosen->count == 0)
        puts("Every password already has to be changed; nothing was changed.");
    return status;
}

/* -- asking ------------------------------------------------------------------------------- */

/* Of more their number has to do. */
static void show(const struct tool *tool, const struct chosen *chosen, FILE *out)
{
    struct account *accounts = chosen->count <= SHOWN_MAX ? calloc(chosen->count, sizeof *accounts) : NULL;
    size_t count = 0;

    if (accounts == NULL)
        return;
    for (size_t i = 0; i < chosen->count; i++)
        count += store_account_by_uid(tool->store, chosen->uids[i], &accounts[count]) == STORE_OK;
    print_account_rows(tool, accounts, count, out);
    explicit_bzero(accounts, chosen->count * sizeof *accounts);
    free(accounts);
}

static enum status ask(struct tool *tool, const struct chosen *chosen)
{
    FILE *out = answer_is_json() ? stderr : stdout;
    char plan[128];

    if (tool_has(tool, OPTION_YES))
        return GO_ON;
    show(tool, chosen, out);
    snprintf(plan, sizeof plan, "require a new password of %s%zu user%s", chosen->count > 1 ? "these " : "",
             chosen->count, chosen->count > 1 ? "s" : "");
    return confirm_change(plan, out);
}

/* -- changing ----------------------------------------------------------------------------- */

/* Whoever was deleted or given another password meanwhile is passed over. */
static enum status require(struct tool *tool, uint32_t *uid)
{
    struct account before, after;
    enum store_result result = store_account_by_uid(tool->store, *uid, &before);
    enum status status;

    if (result == STORE_OK)
        result = store_account_require_change(tool->store, *uid);
    if (result == STORE_OK)
        result = store_account_by_uid(tool->store, *uid, &after);
    if (result == STORE_NOT_FOUND || result == STORE_LOST) {
        *uid = 0;
        return GO_ON;
    }
    status = tool_store_status(tool, result, "the account");
    if (status == GO_ON)
        status = change_append(tool, EVENT, &before, &after, NULL);
    explicit_bzero(&before, sizeof before);
    explicit_bzero(&after, sizeof after);
    return status;
}

static enum status commit(struct tool *tool, struct chosen *chosen)
{
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    for (size_t i = 0; status == GO_ON && i < chosen->count; i++)
        status = require(tool, &chosen->uids[i]);
    if (status == GO_ON)
        status = change_end(tool, NULL, NULL);
    if (tool->store != NULL)
        store_rollback(tool->store);
    tool_unlock(tool);
    return status;
}

/* For programs: how many, and how many would be. */
static void answer(size_t changed, size_t due)
{
    char *text = json_make_object("ii", "changed", (int64_t)changed, "would_change", (int64_t)due);

    if (answer_is_json() && text != NULL && answer_write(text))
        answer_write("\n");
    store_text_free(text);
}

static size_t report(struct tool *tool, const struct chosen *chosen)
{
    struct account account;
    size_t done = 0;

    for (size_t i = 0; i < chosen->count; i++) {
        if (chosen->uids[i] == 0 || store_account_by_uid(tool->store, chosen->uids[i], &account) != STORE_OK)
            continue;
        done++;
        record_event(tool, EVENT, &account);
    }
    explicit_bzero(&account, sizeof account);
    if (done < chosen->count)
        tool_refuse(GO_ON, "note: %zu got another password or went while the question stood, and stayed so",
                    chosen->count - done);
    printf("%zu user%s must change the password at the next login.\n", done, done == 1 ? "" : "s");
    return done;
}

static enum status change_chosen(struct tool *tool, struct chosen *chosen)
{
    enum status status = ask(tool, chosen);

    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = commit(tool, chosen);
    if (status == GO_ON)
        answer(report(tool, chosen), 0);
    change_release_signals();
    return status;
}

static enum status rehearse(struct tool *tool, const struct chosen *chosen)
{
    if (!answer_is_json())
        show(tool, chosen, stdout);
    printf("Would require a new password of %zu user%s; nothing was changed.\n", chosen->count,
           chosen->count == 1 ? "" : "s");
    answer(0, chosen->count);
    return STATUS_DONE;
}

static enum status require_of_all(struct tool *tool)
{
    struct chosen chosen = { 0 };
    enum status status = tool_open(tool);

    if (status == GO_ON && tool->store == NULL)
        status = tool_store_status(tool, STORE_MISSING, "the store");
    answer_hear();
    if (status == GO_ON)
        status = choose_all(tool, &chosen);
    if (status == GO_ON && chosen.count == 0)
        answer(0, 0);
    else if (status == GO_ON)
        status = tool_has(tool, OPTION_DRY_RUN) ? rehearse(tool, &chosen) : change_chosen(tool, &chosen);
    free(chosen.uids);
    return status == GO_ON ? STATUS_DONE : status;
}

/* -- those named -------------------------------------------------------------------------- */

static enum status check_required(struct tool *tool, const struct change *change, const struct account *account)
{
    (void)tool;
    (void)change;
    if (has_none(account))
        return tool_refuse_as(KIND_INVALID, "username", account->username, "%s %s that could be changed; nothing was changed",
                              account->username,
                              account->service ? "is a service account and has no password" : "has no password");
    if (!account->temporary)
        return GO_ON;
    printf("%s already has to change the password.\n", account->username);
    return STATUS_DONE;
}

static enum store_result apply_required(struct tool *tool, const struct change *change, const struct account *account)
{
    (void)change;
    return store_account_require_change(tool->store, account->uid);
}

static void set_required(struct tool *tool, const struct change *change, const struct account *account,
                         struct fleet_request *request)
{
    (void)tool;
    (void)change;
    (void)account;
    fleet_request_set(request, "temporary", "true");
    fleet_request_set_number(request, "temporary_until", 0);
}

enum status users_require_change(struct tool *tool)
{
    static const struct change change = {
        .event = EVENT, .plan = "require a new password of", .outcome = "must change the password at the next login",
        .asks = true, .check = check_required, .apply = apply_required,
        .fleet_does = "change", .fleet_sets = set_required,
    };
    const char *first = tool->arguments.operand;

    if (tool_has(tool, OPTION_ALL) && first != NULL)
        return tool_refuse(STATUS_USAGE, "unexpected: %s; --all stands alone", first);
    if (!tool_has(tool, OPTION_ALL) && first == NULL)
        return tool_refuse_as(KIND_MISSING, "username", NULL, "missing: NAME, or --all");
    return tool_has(tool, OPTION_ALL) ? require_of_all(tool) : change_accounts(tool, &change);
}
