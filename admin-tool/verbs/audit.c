/*
 * The audit log, shown and followed. It holds changes; refused and failed attempts at one leave no row.
 * Nothing is printed or waited for while a statement is open.
 */
#include "audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/ready.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "terminal/command.h"
#include "terminal/layout.h"
#include "terminal/options.h"
#include "terminal/page.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "audit_fleet.h"
#include "audit_keep.h"
#include "audit_rows.h"

enum { PAGE_SIZE = 128, POLL_MS = 1000 };

/* What to show, and how far we are. */
struct log_reader {
    struct tool *tool;
    struct audit_filter filter;
    int64_t after;
    int64_t newest; /* only so many, -1: all */
    bool follows;
    enum audit_format format;
    struct layout layout; /* of the table */
    size_t printed;
};

/* *ret is untouched when the option was not given. GO_ON, or said. */
static enum status parse_number(const struct tool *tool, enum option_id option, const char *name, int64_t *ret)
{
    const char *text = tool->arguments.value[option];

    if (text == NULL)
        return GO_ON;
    if (text[0] == '\0' || strlen(text) > 18 || text[strspn(text, "0123456789")] != '\0')
        return tool_refuse(STATUS_USAGE, "%s takes a number, not '%s'", name, text);
    *ret = strtoll(text, NULL, 10);
    return GO_ON;
}

static enum status parse(struct tool *tool, struct log_reader *ret)
{
    enum status status = parse_number(tool, OPTION_COUNT, "-n", &ret->newest);

    ret->filter.username = tool->arguments.value[OPTION_USER];
    ret->filter.event = tool->arguments.value[OPTION_EVENT];
    ret->filter.actor = tool->arguments.value[OPTION_ACTOR];
    ret->filter.origin = tool->arguments.value[OPTION_ORIGIN];
    ret->follows = tool_has(tool, OPTION_FOLLOW);
    ret->format = audit_format_of(tool_output(tool));
    if (ret->follows && (tool_has(tool, OPTION_UNTIL) || tool_has(tool, OPTION_BEFORE_ID)))
        return tool_refuse(STATUS_USAGE, "-f waits for what is to come: it goes with neither --until nor --before");
    if (status == GO_ON)
        status = options_check_event(tool);
    if (status == GO_ON)
        status = parse_number(tool, OPTION_BEFORE_ID, "--before", &ret->filter.before);
    if (status == GO_ON)
        status = options_parse_when(tool, OPTION_SINCE, "--since", &ret->filter.since);
    if (status == GO_ON)
        status = options_parse_when(tool, OPTION_UNTIL, "--until", &ret->filter.until);
    return status;
}

/* A misspelt name has no rows, either. */
static enum status find_user(const struct log_reader *reader)
{
    const struct tool *tool = reader->tool;
    const char *asked = reader->filter.username;

    if (asked == NULL)
        return GO_ON;
    return tool_store_status(tool, tool->store != NULL ? store_audit_knows(tool->store, asked) : STORE_MISSING, asked);
}

/* A renamed account's rows stand under the name it had then. */
static void note_other_name(const struct log_reader *reader)
{
    struct store *store = reader->tool->store;
    const char *asked = reader->filter.username;
    struct account account = { 0 };
    char former[ACCOUNT_NAME_SIZE];

    if (store == NULL || asked == NULL)
        return;
    if (store_account_by_former_name(store, asked, &account) == STORE_OK)
        tool_refuse(GO_ON, "note: %s is %s now; later rows are under that name", asked, account.username);
    if (store_account_by_name(store, asked, &account) == STORE_OK &&
        store_tombstone_by_uid(store, account.uid, former) == STORE_OK)
        tool_refuse(GO_ON, "note: %s was %s before; earlier rows are under that name", asked, former);
    explicit_bzero(account.hash, sizeof account.hash);
}

/* -- showing ------------------------------------------------------------------------------ */

/* Page by page, each with `use`. */
static enum status walk(struct log_reader *reader,
                        enum status (*use)(struct log_reader *reader, const struct audit_row *page,
                                           size_t count))
{
    struct audit_row page[PAGE_SIZE];
    enum status status = GO_ON;
    size_t count = 0;

    do {
        enum store_result result = store_audit_page(reader->tool->store, reader->after, &reader->filter, page,
                                                    PAGE_SIZE, &count);

        status = tool_store_status(reader->tool, result, "the audit log");
        if (status != GO_ON)
            return status;
        if (count > 0) {
            reader->after = page[count - 1].id;
            status = use(reader, page, count);
        }
        store_audit_page_free(page, count);
    } while (status == GO_ON && count == PAGE_SIZE && !ferror(stdout));
    return status;
}

/* From the Nth newest on. */
static enum status find_start(struct log_reader *reader)
{
    struct tool *tool = reader->tool;

    if (reader->newest < 0)
        return GO_ON;
    return tool_store_status(tool, store_audit_tail(tool->store, &reader->filter, reader->newest, &reader->after),
                             "the audit log");
}

static enum status print_lines(struct log_reader *reader, const struct audit_row *page, size_t count)
{
    for (size_t i = 0; i < count; i++)
        audit_put_row(reader->format, &page[i]);
    return GO_ON;
}

static enum status print_array(struct log_reader *reader, const struct audit_row *page, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s%s", reader->printed++ == 0 ? "[" : ",\n ", page[i].json);
    return GO_ON;
}

/* What needs no widths. */
static enum status print_as_read(struct log_reader *reader)
{
    bool array = reader->format == AUDIT_JSON;
    enum status status = GO_ON;

    audit_put_heading(reader->format);
    if (reader->tool->store != NULL)
        status = find_start(reader);
    if (reader->tool->store != NULL && status == GO_ON)
        status = walk(reader, array ? print_array : print_lines);
    if (array)
        puts(reader->printed == 0 ? "[]" : "]");
    return status;
}

static enum status measure_page(struct log_reader *reader, const struct audit_row *page,
                                size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_audit_measure(&page[i], &reader->layout);
    return GO_ON;
}

static enum status print_table_page(struct log_reader *reader, const struct audit_row *page,
                                    size_t count)
{
    struct page *rows = page_new(&reader->layout, reader->printed == 0, stdout);
    bool added = rows != NULL;

    for (size_t i = 0; added && i < count; i++)
        added = print_audit_add(rows, &page[i]);
    if (!added) {
        page_drop(rows);
        return tool_refuse(STATUS_FAILED, "not enough memory");
    }
    page_end(rows);
    reader->printed += count;
    return GO_ON;
}

/* The widths are looked at first: a log of any length goes page by page through little memory. */
static enum status print_table(struct log_reader *reader)
{
    enum status status = reader->tool->store != NULL ? find_start(reader) : STATUS_DONE;
    int64_t start = reader->after;

    if (status != GO_ON)
        return status;
    print_audit_begin(&reader->layout);
    status = walk(reader, measure_page);
    reader->filter.before = reader->after + 1; /* a row that came since was not measured */
    reader->after = start;
    layout_fit(&reader->layout, terminal_width(stdout));
    return status == GO_ON ? walk(reader, print_table_page) : status;
}

static enum status print_log(struct log_reader *reader)
{
    enum status status = reader->format == AUDIT_TABLE ? print_table(reader) : print_as_read(reader);

    return status == GO_ON ? STATUS_DONE : status;
}

/* -- following ---------------------------------------------------------------------------- */

/* The store is closed while we wait: it may be moved away and restored meanwhile. */
static enum status look_again(struct log_reader *reader)
{
    struct tool *tool = reader->tool;
    enum store_result result;

    store_close(tool->store);
    tool->store = NULL;
    result = store_open(PRIVATE_DIR, STORE_EXISTING, &tool->store);
    if (result == STORE_MISSING || result == STORE_BUSY)
        return GO_ON; /* perhaps in a second */
    if (result != STORE_OK)
        return tool_store_status(tool, result, "the audit log");
    return walk(reader, print_lines);
}

static enum status follow(struct log_reader *reader)
{
    enum status status = GO_ON;

    audit_put_heading(reader->format);
    if (reader->tool->store != NULL)
        status = find_start(reader);
    if (reader->tool->store != NULL && status == GO_ON)
        status = walk(reader, print_lines);
    while (status == GO_ON) {
        store_close(reader->tool->store);
        reader->tool->store = NULL;
        /* that nobody reads any more is how following ends, and no failure */
        status = fflush(stdout) == 0 && !terminal_is_left(stdout, POLL_MS) ? look_again(reader) : STATUS_DONE;
    }
    return status;
}

/* With the whole log: a part of a chain proves nothing. */
static enum status verify(struct tool *tool)
{
    static const enum option_id parts[] = {
        OPTION_USER, OPTION_EVENT, OPTION_ACTOR, OPTION_ORIGIN, OPTION_SINCE, OPTION_UNTIL, OPTION_BEFORE_ID,
        OPTION_COUNT, OPTION_FOLLOW,
    };
    enum audit_format format = audit_format_of(tool_output(tool));
    bool whole = format == AUDIT_TABLE || format == AUDIT_JSON;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        whole = whole && !tool_has(tool, parts[i]);
    if (!whole)
        return tool_refuse(STATUS_USAGE, "--verify looks at the whole log: it goes with -o table or -o json alone");
    return audit_verify(tool);
}

enum status audit_show(struct tool *tool)
{
    struct log_reader reader = { .tool = tool, .filter = AUDIT_ALL, .newest = -1 };
    enum status status;

    if (tool_has(tool, OPTION_FLEET))
        return audit_fleet(tool);
    if (tool_has(tool, OPTION_IDENTITY))
        return tool_refuse(STATUS_USAGE, "--identity goes with --fleet");
    if (tool_has(tool, OPTION_VERIFY))
        return verify(tool);
    status = parse(tool, &reader);
    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = find_user(&reader);
    if (status != GO_ON)
        return status;
    note_other_name(&reader);
    return reader.follows ? follow(&reader) : print_log(&reader);
}
