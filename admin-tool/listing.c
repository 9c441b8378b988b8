/*
 * Listing accounts: users list and users show. Records are read page by page and nothing is printed
 * while a statement is open: a reader of our output may keep us waiting for ever.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { PAGE_SIZE = 128 };

/* Where a listing goes: a table, or a JSON array. */
struct output {
    struct tool *tool;
    struct columns columns;
    struct activity_log *activity; /* NULL: not asked for, or unusable */
    struct libscols_table *table;  /* NULL: JSON */
    size_t count;
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
    print_default_columns(ret);
    return GO_ON;
}

/* What the log knows; without it, as little as nothing. */
static void add_activity(const struct tool *tool, struct activity_log *log, struct listing *ret)
{
    struct activity_summary summary = { 0 };

    if (log != NULL)
        activity_summarise(log, ret->account.uid, &tool->policy, tool->now, &summary);
    ret->extra = (struct account_extra){ .last_login_at = summary.last_login_at,
                                         .locked_until = summary.locked_until };
}

static enum status print_json(struct tool *tool, const struct listing *listing)
{
    char *text = NULL;
    enum store_result result = store_account_json(tool->store, &listing->account, &listing->extra,
                                                  &text);

    if (result == STORE_OK)
        fputs(text, stdout);
    store_text_free(text);
    return tool_store_status(tool, result, listing->account.username);
}

static bool is_wanted(const struct tool *tool, const struct account *account)
{
    const char *status = tool->arguments.value[OPTION_STATUS];
    const char *role = tool->arguments.value[OPTION_ROLE];
    unsigned roles = ROLE_MEMBER;

    if (status != NULL && strcmp(status, account_status_name(account->status)) != 0)
        return false;
    if (role != NULL && strcmp(role, role_name(ROLE_MEMBER)) != 0 && roles_parse(role, &roles))
        return (account->roles & roles & ~(unsigned)ROLE_MEMBER) != 0;
    return true;
}

static enum status put(struct output *output, const struct account *account)
{
    struct listing listing = { .account = *account };

    if (!is_wanted(output->tool, account))
        return GO_ON;
    add_activity(output->tool, output->activity, &listing);
    if (output->table != NULL)
        return print_table_add(output->table, &output->columns, &listing) ? GO_ON : refuse_memory();
    fputs(output->count++ == 0 ? "[" : ",\n ", stdout);
    return print_json(output->tool, &listing);
}

static enum status put_all(struct output *output)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = GO_ON;
    uint32_t after = 0;
    size_t count = 1;

    if (page == NULL)
        return refuse_memory();
    while (status == GO_ON && count > 0) {
        enum store_result result = store_accounts_page(output->tool->store, after, page, PAGE_SIZE,
                                                       &count);

        status = tool_store_status(output->tool, result, "the list");
        for (size_t i = 0; status == GO_ON && i < count; i++) {
            status = put(output, &page[i]);
            after = page[i].uid;
        }
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return status;
}

static enum status list(struct output *output, bool json)
{
    enum status status = GO_ON;

    if (!json && (output->table = print_table_new(&output->columns)) == NULL)
        return refuse_memory();
    if (json || print_columns_need_activity(&output->columns))
        output->activity = tool_open_activity();
    if (output->tool->store != NULL)
        status = put_all(output);
    activity_close(output->activity);
    if (!json)
        print_table_end(output->table, stdout);
    else
        puts(output->count == 0 ? "[]" : "]");
    return status == GO_ON ? STATUS_DONE : status;
}

enum status users_list(struct tool *tool)
{
    struct output output = { .tool = tool };
    enum status status = choose_columns(tool, &output.columns);

    if (status == GO_ON)
        status = tool_open(tool);
    return status == GO_ON ? list(&output, tool_wants_json(tool)) : status;
}

static enum store_result find_any(struct tool *tool, const char *what, struct account *ret)
{
    if (strchr(what, '@') != NULL)
        return store_account_by_email(tool->store, what, ret);
    if (what[0] != '\0' && strlen(what) <= 10 && what[strspn(what, "0123456789")] == '\0')
        return store_account_by_uid(tool->store, (uint32_t)strtoul(what, NULL, 10), ret);
    return store_account_by_name(tool->store, what, ret);
}

enum status users_show(struct tool *tool)
{
    const char *what = tool->arguments.operand;
    struct activity_log *activity = NULL;
    struct listing listing = { 0 };
    struct columns columns;
    enum status status = choose_columns(tool, &columns);

    if (status == GO_ON)
        status = tool_open(tool);
    if (status != GO_ON)
        return status;
    status = tool_store_status(tool, tool->store != NULL ? find_any(tool, what, &listing.account)
                                                         : STORE_MISSING, what);
    if (status != GO_ON)
        return status;
    activity = tool_open_activity();
    add_activity(tool, activity, &listing);
    activity_close(activity);
    if (tool_wants_json(tool)) {
        status = print_json(tool, &listing);
        putchar('\n');
    } else {
        print_account_lines(&listing, tool_has(tool, OPTION_COLUMNS) ? &columns : NULL);
    }
    explicit_bzero(listing.account.hash, sizeof listing.account.hash);
    return status == GO_ON ? STATUS_DONE : status;
}
