/*
 * The audit log, shown and followed. It holds changes; refused and failed attempts at one leave no row.
 * Nothing is printed or waited for while a statement is open.
 */
#include "audit.h"

#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change/ready.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/layout.h"
#include "terminal/options.h"
#include "terminal/page.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "terminal/when.h"
#include "audit_keep.h"

enum { PAGE_SIZE = 128, POLL_MS = 1000, CELL_BYTES = 2048 };

/* What to show, and how far we are. */
struct log_reader {
    struct tool *tool;
    const char *username; /* NULL: all */
    int64_t since, after;
    int64_t until;  /* no row beyond this one */
    int64_t newest; /* only so many, -1: all */
    bool follows, json;
    struct layout layout; /* of the table */
    size_t printed;
};

static enum status parse(struct tool *tool, struct log_reader *ret)
{
    const char *count = tool->arguments.value[OPTION_COUNT];

    ret->username = tool->arguments.value[OPTION_USER];
    ret->follows = tool_has(tool, OPTION_FOLLOW);
    ret->json = tool_wants_json(tool);
    if (count != NULL && (count[0] == '\0' || strlen(count) > 9 ||
                          count[strspn(count, "0123456789")] != '\0'))
        return tool_refuse(STATUS_USAGE, "-n takes a number, not '%s'", count);
    ret->newest = count != NULL ? strtol(count, NULL, 10) : -1;
    return options_parse_when(tool, OPTION_SINCE, "--since", &ret->since);
}

/* A renamed account's rows stand under the name it had then. */
static void note_other_name(const struct log_reader *reader)
{
    struct store *store = reader->tool->store;
    const char *asked = reader->username;
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

/* One row at once, in columns of fixed width (a longer text makes its own wider); NULL: the
 * heading. */
static void put_line(const struct audit_row *row)
{
    static const struct audit_row heading = { .event = "EVENT", .username = "USERNAME",
                                              .actor = "ACTOR", .via = "VIA", .origin = "ORIGIN" };
    static const int widths[] = { 25, 16, 16, 16, 8, 16, 0 };
    const struct audit_row *shown = row != NULL ? row : &heading;
    char time[WHEN_SIZE] = "TIME", cell[CELL_BYTES];
    const char *const texts[] = { time, shown->event, shown->username, shown->actor, shown->via,
                                  shown->origin, row != NULL ? row->change : "CHANGE" };

    if (row != NULL)
        when_format(row->at, "-", time);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        print_escape(texts[i], cell, sizeof cell);
        printf("%-*s%s", widths[i], cell, widths[i] != 0 ? " " : "\n");
    }
}

/* -- showing ------------------------------------------------------------------------------ */

/* Page by page, each with `use`. */
static enum status walk(struct log_reader *reader,
                        enum status (*use)(struct log_reader *reader, const struct audit_row *page,
                                           size_t count))
{
    struct audit_row page[PAGE_SIZE];
    enum status status = GO_ON;
    size_t count = 0, wanted = 0;

    do {
        enum store_result result = store_audit_page(reader->tool->store, reader->after,
                                                    reader->username, reader->since, page,
                                                    PAGE_SIZE, &count);

        status = tool_store_status(reader->tool, result, "the audit log");
        if (status != GO_ON)
            return status;
        for (wanted = 0; wanted < count && page[wanted].id <= reader->until; wanted++)
            reader->after = page[wanted].id;
        if (wanted > 0)
            status = use(reader, page, wanted);
        store_audit_page_free(page, count);
    } while (status == GO_ON && wanted == PAGE_SIZE && !ferror(stdout));
    return status;
}

/* From the Nth newest on. */
static enum status find_start(struct log_reader *reader)
{
    struct tool *tool = reader->tool;

    if (reader->newest < 0)
        return GO_ON;
    return tool_store_status(tool, store_audit_tail(tool->store, reader->username, reader->since,
                                                    reader->newest, &reader->after),
                             "the audit log");
}

static enum status print_json_page(struct log_reader *reader, const struct audit_row *page,
                                   size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s%s", reader->printed++ == 0 ? "[" : ",\n ", page[i].json);
    return GO_ON;
}

static enum status print_json(struct log_reader *reader)
{
    enum status status = GO_ON;

    if (reader->tool->store != NULL)
        status = find_start(reader);
    if (reader->tool->store != NULL && status == GO_ON)
        status = walk(reader, print_json_page);
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
    reader->until = reader->after; /* a row that came since was not measured */
    reader->after = start;
    layout_fit(&reader->layout, terminal_width(stdout));
    return status == GO_ON ? walk(reader, print_table_page) : status;
}

static enum status print_log(struct log_reader *reader)
{
    enum status status = reader->json ? print_json(reader) : print_table(reader);

    return status == GO_ON ? STATUS_DONE : status;
}

/* -- following ---------------------------------------------------------------------------- */

/* False when nobody reads any more, which is how following ends and no failure. */
static bool is_read(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO };

    if (fflush(stdout) == 0 && (poll(&out, 1, POLL_MS) == 0 || out.revents == 0))
        return true;
    __fpurge(stdout);
    clearerr(stdout);
    return false;
}

static enum status put_page(struct log_reader *reader, const struct audit_row *page, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (reader->json)
            puts(page[i].json);
        else
            put_line(&page[i]);
    }
    return GO_ON;
}

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
    return walk(reader, put_page);
}

static enum status follow(struct log_reader *reader)
{
    enum status status = GO_ON;

    if (!reader->json)
        put_line(NULL);
    if (reader->tool->store != NULL)
        status = find_start(reader);
    if (reader->tool->store != NULL && status == GO_ON)
        status = walk(reader, put_page);
    while (status == GO_ON) {
        store_close(reader->tool->store);
        reader->tool->store = NULL;
        status = is_read() ? look_again(reader) : STATUS_DONE;
    }
    return status;
}

enum status audit_show(struct tool *tool)
{
    struct log_reader reader = { .tool = tool, .until = INT64_MAX };
    enum status status = parse(tool, &reader);

    if (status == GO_ON && tool_has(tool, OPTION_VERIFY) &&
        (reader.follows || reader.username != NULL || reader.since != 0 || reader.newest >= 0))
        return tool_refuse(STATUS_USAGE, "--verify looks at the whole log: it goes with -o alone");
    if (status == GO_ON && tool_has(tool, OPTION_VERIFY))
        return audit_verify(tool);
    if (status == GO_ON)
        status = tool_open(tool);
    if (status != GO_ON)
        return status;
    note_other_name(&reader);
    return reader.follows ? follow(&reader) : print_log(&reader);
}
