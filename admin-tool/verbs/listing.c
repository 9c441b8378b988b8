/*
 * Listing accounts. Who is found is a list of uids, their records are read page by page, and nothing is printed while a
 * statement is open: a reader of our output may keep us waiting for ever.
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
#include "sql/store_find.h"
#include "sql/store_fleet.h"
#include "sql/store_json.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/csv.h"
#include "terminal/layout.h"
#include "terminal/page.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "selection.h"

enum { PAGE_SIZE = 256 };

/* A page of what is listed, and how it is to be shown. */
struct output {
    struct tool *tool;
    const struct selection *selection;
    struct found found; /* all that are listed */
    struct columns columns;
    struct layout layout;
    struct activity_log *activity; /* NULL: not asked for, or unusable */
    struct account accounts[PAGE_SIZE];
    struct activity_summary summaries[PAGE_SIZE];
    bool services;   /* some of those listed are service accounts */
    bool known;      /* the summaries are */
    size_t count;   /* of this page */
    size_t printed; /* of the pages before */
};

static bool wants_csv(const struct tool *tool)
{
    return strcmp(tool_output(tool), "csv") == 0;
}

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory");
}

/* Programs get all there is, and always the same; where accounts come from only on a host that is in a fleet. */
static void choose_columns(const struct tool *tool, struct columns *ret)
{
    struct fleet fleet;
    bool joined = tool->store != NULL && store_fleet(tool->store, &fleet) == STORE_OK;

    if (tool_has(tool, OPTION_COLUMNS))
        return;
    if (wants_csv(tool))
        print_all_columns(joined, ret);
    else
        print_default_columns(joined, true, ret);
}

/* -- a page ------------------------------------------------------------------------------- */

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
    char *texts[PAGE_SIZE], *locks[PAGE_SIZE] = { NULL };
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

static enum status print_csv_page(struct output *output)
{
    char value[CELL_SIZE];

    for (size_t i = 0; i < output->count; i++) {
        struct listing listing = listing_at(output, i);

        for (size_t j = 0; j < output->columns.count; j++) {
            print_value(&listing, output->columns.index[j], value);
            csv_print(value, j == 0);
        }
        putchar('\n');
    }
    return GO_ON;
}

/* -- all of them -------------------------------------------------------------------------- */

static enum status find(struct output *output)
{
    const struct selection *selection = output->selection;
    struct tool *tool = output->tool;

    if (tool->store == NULL)
        return GO_ON;
    return tool_store_status(tool, store_find(tool->store, &selection->filter, &selection->order, selection->offset,
                                              selection->limit, &output->found), "the list");
}

/* Page by page, each with `use`; nobody is waited for while a statement is open. */
static enum status walk(struct output *output, const uint32_t *uids, enum status (*use)(struct output *output))
{
    enum status status = GO_ON;

    output->printed = 0;
    for (size_t from = 0; status == GO_ON && from < output->found.count && !ferror(stdout); from += PAGE_SIZE) {
        size_t left = output->found.count - from;
        enum store_result result = store_found_page(output->tool->store, &output->selection->filter,
                                                    uids + from, left < PAGE_SIZE ? left : PAGE_SIZE,
                                                    output->accounts, &output->count);

        status = tool_store_status(output->tool, result, "the list");
        if (status != GO_ON || output->count == 0)
            continue;
        add_activity(output);
        status = use(output);
        output->printed += output->count;
    }
    return status;
}

static int compare_uids(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

    return (a > b) - (a < b);
}

/* In the order of the file, where it is all the same: twice as fast. */
static enum status measure(struct output *output)
{
    size_t size = output->found.count * sizeof *output->found.uids;
    uint32_t *uids = malloc(size);
    enum status status;

    if (uids == NULL)
        return refuse_memory();
    memcpy(uids, output->found.uids, size);
    qsort(uids, output->found.count, sizeof *uids, compare_uids);
    status = walk(output, uids, measure_page);
    free(uids);
    return status;
}

static enum status list_table(struct output *output)
{
    enum status status;

    if (output->found.count == 0) {
        tool_refuse(GO_ON, output->selection->narrowed ? "note: no accounts match"
                                                       : "note: no accounts; see 'admin-tool users create'");
        return GO_ON;
    }
    if (print_columns_need_activity(&output->columns))
        output->activity = tool_open_activity();
    print_columns_begin(&output->columns, &output->layout);
    status = measure(output);
    if (!tool_has(output->tool, OPTION_COLUMNS) && !output->services) /* nobody to be marked */
        output->layout.count = --output->columns.count;
    layout_fit(&output->layout, terminal_width(stdout));
    return status == GO_ON ? walk(output, output->found.uids, print_table_page) : status;
}

static enum status list_json(struct output *output)
{
    enum status status;

    if (output->found.count > 0)
        output->activity = tool_open_activity();
    status = walk(output, output->found.uids, print_json_page);
    puts(output->printed == 0 ? "[]" : "]");
    return status;
}

static enum status list_csv(struct output *output)
{
    char key[COLUMN_KEY_SIZE];

    if (output->found.count > 0 && print_columns_need_activity(&output->columns))
        output->activity = tool_open_activity();
    for (size_t i = 0; i < output->columns.count; i++) {
        print_column_key(output->columns.index[i], key);
        csv_print(key, i == 0);
    }
    putchar('\n');
    return walk(output, output->found.uids, print_csv_page);
}

static enum status show(struct output *output)
{
    if (tool_wants_json(output->tool))
        return list_json(output);
    return wants_csv(output->tool) ? list_csv(output) : list_table(output);
}

static enum status list(struct tool *tool, const struct selection *selection, const struct columns *columns)
{
    struct output *output = calloc(1, sizeof *output);
    enum status status;

    if (output == NULL)
        return refuse_memory();
    output->tool = tool;
    output->selection = selection;
    output->columns = *columns;
    status = find(output);
    if (status == GO_ON)
        status = show(output);
    activity_close(output->activity);
    found_free(&output->found);
    explicit_bzero(output, sizeof *output);
    free(output);
    return status == GO_ON ? STATUS_DONE : status;
}

enum status users_list(struct tool *tool)
{
    struct selection selection;
    struct columns columns = { 0 };
    enum status status = selection_parse(tool, &selection);

    if (status == GO_ON && tool_has(tool, OPTION_COLUMNS))
        status = print_parse_columns(tool->arguments.value[OPTION_COLUMNS], &columns);
    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON) {
        choose_columns(tool, &columns);
        host_note_locals(tool);
        status = selection_begin(tool, &selection);
    }
    if (status == GO_ON)
        status = list(tool, &selection, &columns);
    selection_free(&selection);
    return status;
}
