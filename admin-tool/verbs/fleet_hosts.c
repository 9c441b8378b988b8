/*
 * Connected is what a server says of its own connections; whether a host has applied what it was told, it says itself.
 */
#include "fleet_hosts.h"

#include <stdio.h>
#include <string.h>

#include "change/ready.h"
#include "change/scope.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "terminal/escape.h"
#include "terminal/page.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "fleet_ask.h"

static const struct layout_column columns[] = {
    { "host", LAYOUT_KEEPS, false }, { "scopes", LAYOUT_GIVES_WAY, false }, { "connected", LAYOUT_KEEPS, false },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* One that no server names may be connected to one that could not be asked. */
static bool is_known(const struct fleet_answer *answer, const struct fleet_row *row)
{
    return fleet_row_fact(row, FLEET_FACT_URI)[0] != '\0' || answer->unasked.count == 0;
}

/* -- for programs ------------------------------------------------------------------------- */

/* "all,web" as an array; NULL when memory is short. */
static char *make_scopes(const char *text)
{
    const char *words[FLEET_REASON_SIZE / 2];
    char copy[5 * FLEET_REASON_SIZE], *next = copy, *word;
    size_t count = 0;

    snprintf(copy, sizeof copy, "%s", text);
    while (count < sizeof words / sizeof words[0] && (word = strsep(&next, ",")) != NULL)
        if (word[0] != '\0')
            words[count++] = word;
    return json_make_array(words, count);
}

static char *make_host(const struct fleet_answer *answer, const struct fleet_row *row)
{
    const char *uri = fleet_row_fact(row, FLEET_FACT_URI);
    char *scopes = make_scopes(fleet_row_fact(row, FLEET_FACT_SCOPES)), *object = NULL;

    if (scopes != NULL)
        object = json_make_object("tjjt", "name", fleet_row_fact(row, FLEET_FACT_NAME), "scopes", scopes, "connected",
                                  !is_known(answer, row) ? NULL : uri[0] != '\0' ? "true" : "false", "uri",
                                  uri[0] != '\0' ? uri : NULL);
    store_text_free(scopes);
    return object;
}

static enum status print_json(const struct fleet_answer *answer)
{
    for (size_t i = 0; i < answer->rows.count; i++) {
        char *object = make_host(answer, &answer->rows.list[i]);

        if (object == NULL)
            return tool_refuse(STATUS_FAILED, "not enough memory");
        printf("%s%s", i == 0 ? "[" : ",\n ", object);
        store_text_free(object);
    }
    puts(answer->rows.count == 0 ? "[]" : "]");
    return STATUS_DONE;
}

/* -- for people --------------------------------------------------------------------------- */

static void write_cells(const struct fleet_answer *answer, const struct fleet_row *row, char ret[LAYOUT_MAX][CELL_SIZE])
{
    const char *uri = fleet_row_fact(row, FLEET_FACT_URI);
    const char *const texts[COLUMNS] = { fleet_row_fact(row, FLEET_FACT_NAME), fleet_row_fact(row, FLEET_FACT_SCOPES),
                                         uri[0] != '\0' ? uri : is_known(answer, row) ? "no" : "not known" };

    for (size_t i = 0; i < COLUMNS; i++)
        print_escape(texts[i], ret[i], CELL_SIZE);
}

static void measure(const struct fleet_answer *answer, struct layout *ret)
{
    static char cells[LAYOUT_MAX][CELL_SIZE];

    *ret = (struct layout){ .count = 0 };
    for (size_t i = 0; i < COLUMNS; i++)
        layout_add(ret, &columns[i]);
    for (size_t i = 0; i < answer->rows.count; i++) {
        write_cells(answer, &answer->rows.list[i], cells);
        for (size_t j = 0; j < COLUMNS; j++)
            layout_widen(ret, j, cells[j]);
    }
    layout_fit(ret, terminal_width(stdout));
}

static enum status print_table(const struct fleet_answer *answer)
{
    static char cells[LAYOUT_MAX][CELL_SIZE];
    struct layout layout;
    struct page *page;
    bool added;

    measure(answer, &layout);
    page = page_new(&layout, true, stdout);
    added = page != NULL;
    for (size_t i = 0; added && i < answer->rows.count; i++) {
        write_cells(answer, &answer->rows.list[i], cells);
        added = page_add(page, cells, fleet_row_fact(&answer->rows.list[i], FLEET_FACT_URI)[0] == '\0' ? 2 : COLUMNS);
    }
    if (added)
        page_end(page);
    else
        page_drop(page);
    return added ? STATUS_DONE : tool_refuse(STATUS_FAILED, "not enough memory");
}

static enum status ask(struct tool *tool, struct fleet_answer *answer)
{
    struct fleet_request request = { .text = NULL };
    enum status status;

    fleet_request_add(&request, "do", "hosts");
    scope_set(tool, NULL, &request);
    status = fleet_ask(tool, &request, "the list of hosts", "an administrator", answer);
    fleet_request_free(&request);
    return status;
}

enum status fleet_hosts(struct tool *tool)
{
    struct fleet_answer answer = { .done = NULL };
    struct fleet fleet;
    enum status status = scope_check(tool);

    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = fleet_ask_find(tool, &fleet);
    if (status == GO_ON)
        status = ask(tool, &answer);
    if (status == GO_ON) {
        fleet_ask_note(&answer, "which hosts are connected to it");
        status = tool_wants_json(tool) ? print_json(&answer) : print_table(&answer);
    }
    fleet_answer_free(&answer);
    return status;
}
