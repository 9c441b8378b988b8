/*
 * Listing accounts. Records are read page by page and nothing is printed while a statement is open: a reader of our
 * output may keep us waiting for ever.
 */
#include "listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/open.h"
#include "change/ready.h"
#include "host/local_users.h"
#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/activity_summary.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_json.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/layout.h"
#include "terminal/options.h"
#include "terminal/page.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "terminal/terminal.h"

enum { PAGE_SIZE = 256 };

/* A page of what is listed, and how it is to be shown. */
struct output {
    struct tool *tool;
    const char *role, *status; /* only those; NULL: any */
    int64_t unused_since;      /* only whom nobody has used since then; 0: all */
    struct columns columns;
    struct layout layout;
    struct activity_log *activity; /* NULL: not asked for, or unusable */
    struct account accounts[PAGE_SIZE];
    struct activity_summary summaries[PAGE_SIZE];
    bool by_default; /* the columns */
    bool services;   /* some of those listed are service accounts */
    bool known;      /* the summaries are */
    size_t count;   /* of this page */
    size_t printed; /* of the pages before */
};

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory");
}

static enum status choose_columns(const struct tool *tool, struct columns *ret)
{
    const char *names = tool->arguments.value[OPTION_COLUMNS];

    if (names != NULL)
        return print_parse_columns(names, ret);
    print_default_columns(true, ret);
    return GO_ON;
}

/* -- list --------------------------------------------------------------------------------- */

static enum status choose_filter(struct output *output)
{
    output->status = output->tool->arguments.value[OPTION_STATUS];
    output->role = output->tool->arguments.value[OPTION_ROLE];
    if (output->role != NULL && strcmp(output->role, role_name(ROLE_MEMBER)) == 0)
        output->role = NULL; /* everyone is */
    return options_parse_when(output->tool, OPTION_INACTIVE, "--inactive", &output->unused_since);
}

/* Leaves on the page those that were asked for: what a status is, is said by account_state alone. */
static void keep_wanted(struct output *output)
{
    const struct tool *tool = output->tool;
    size_t kept = 0;

    for (size_t i = 0; i < output->count; i++) {
        enum account_state state = account_state(&output->accounts[i], &tool->policy, tool->now);

        if ((output->status != NULL && strcmp(output->status, account_state_name(state)) != 0) ||
            (output->unused_since != 0 && account_unused_since(&output->accounts[i]) > output->unused_since))
            continue;
        if (kept != i)
            output->accounts[kept] = output->accounts[i];
        kept++;
    }
    output->count = kept;
}

/* What the activity log knows; without it, as little as nothing. */
static void add_activity(struct output *output)
{
    const struct tool *tool = output->tool;

    output->known = output->activity != NULL &&
                    activity_summarise_page(output->activity, output->accounts, output->count, &tool->policy,
                                            tool->now, output->summaries) == STORE_OK;
    if (!output->known)
        memset(output->summaries, 0, sizeof output->summaries);
}

/* Few are locked out, and only they are looked at more closely. NULL: not known. */
static char *find_locks(const struct output *output, size_t i)
{
    const struct tool *tool = output->tool;
    char *locks = NULL;

    if (output->known && output->summaries[i].locked_until != 0)
        activity_locks_json(output->activity, output->accounts[i].uid, &tool->policy, tool->now, &locks);
    return locks;
}

static struct account_extra extra_at(const struct output *output, size_t i)
{
    const struct tool *tool = output->tool;
    struct account_extra extra;

    account_extra_begin(&output->accounts[i], &tool->policy, tool->now, &extra);
    extra.last_login_at = output->summaries[i].last_login_at;
    extra.locked_until = output->summaries[i].locked_until;
    return extra;
}

static struct listing listing_at(const struct output *output, size_t i)
{
    return (struct listing){ .account = output->accounts[i], .extra = extra_at(output, i) };
}

static enum status measure_page(struct output *output)
{
    for (size_t i = 0; i < output->count; i++) {
        struct listing listing = listing_at(output, i);

        output->services = output->services || listing.account.service;
        print_columns_measure(&output->columns, &listing, &output->layout);
    }
    return GO_ON;
}

static enum status print_table_page(struct output *output)
{
    struct page *page = page_new(&output->layout, output->printed == 0, stdout);
    bool added = page != NULL;

    for (size_t i = 0; added && i < output->count; i++) {
        struct listing listing = listing_at(output, i);

        added = print_account_add(page, &output->columns, &listing);
    }
    if (!added) {
        page_drop(page);
        return refuse_memory();
    }
    page_end(page);
    return GO_ON;
}

static enum status print_json_page(struct output *output)
{
    struct account_extra extras[PAGE_SIZE];
    char *texts[PAGE_SIZE], *locks[PAGE_SIZE];
    enum store_result result;

    for (size_t i = 0; i < output->count; i++) {
        extras[i] = extra_at(output, i);
        locks[i] = find_locks(output, i);
        extras[i].locks = output->known && output->summaries[i].locked_until == 0 ? "[]" : locks[i];
    }
    result = store_accounts_json(output->tool->store, output->accounts, extras, output->count,
                                 texts);
    for (size_t i = 0; i < output->count; i++)
        store_text_free(locks[i]);
    for (size_t i = 0; result == STORE_OK && i < output->count; i++) {
        printf("%s%s", output->printed + i == 0 ? "[" : ",\n ", texts[i]);
        store_text_free(texts[i]);
    }
    return tool_store_status(output->tool, result, "the list");
}

/* Page by page, each with `use`; nobody is waited for while a statement is open. */
static enum status walk(struct output *output, enum status (*use)(struct output *output))
{
    enum status status = GO_ON;
    size_t read = PAGE_SIZE;

    output->printed = 0;
    for (uint32_t after = 0; status == GO_ON && read == PAGE_SIZE && !ferror(stdout);) {
        enum store_result result = store_accounts_with_role(output->tool->store, output->role, after,
                                                            output->accounts, PAGE_SIZE, &read);

        status = tool_store_status(output->tool, result, "the list");
        if (status != GO_ON || read == 0)
            return status;
        after = output->accounts[read - 1].uid;
        output->count = read;
        keep_wanted(output);
        if (output->count == 0)
            continue;
        add_activity(output);
        status = use(output);
        output->printed += output->count;
    }
    return status;
}

static enum status list_table(struct output *output)
{
    enum status status;

    if (print_columns_need_activity(&output->columns))
        output->activity = tool_open_activity();
    print_columns_begin(&output->columns, &output->layout);
    status = walk(output, measure_page);
    if (output->by_default && !output->services) /* nobody to be marked */
        output->layout.count = --output->columns.count;
    layout_fit(&output->layout, terminal_width(stdout));
    return status == GO_ON ? walk(output, print_table_page) : status;
}

static enum status list_json(struct output *output)
{
    enum status status = GO_ON;

    if (output->tool->store != NULL) {
        output->activity = tool_open_activity();
        status = walk(output, print_json_page);
    }
    puts(output->printed == 0 ? "[]" : "]");
    return status;
}

static enum status list(struct tool *tool, const struct columns *columns)
{
    struct output *output = calloc(1, sizeof *output);
    enum status status = GO_ON;

    if (output == NULL)
        return refuse_memory();
    output->tool = tool;
    output->columns = *columns;
    output->by_default = !tool_has(tool, OPTION_COLUMNS);
    status = choose_filter(output);
    if (status == GO_ON && tool_wants_json(tool))
        status = list_json(output);
    else if (status == GO_ON && tool->store != NULL)
        status = list_table(output);
    activity_close(output->activity);
    explicit_bzero(output, sizeof *output);
    free(output);
    return status == GO_ON ? STATUS_DONE : status;
}

enum status users_list(struct tool *tool)
{
    struct columns columns;
    enum status status = choose_columns(tool, &columns);

    if (status == GO_ON)
        status = tool_open(tool);
    if (status != GO_ON)
        return status;
    host_note_locals(tool);
    return list(tool, &columns);
}
