/*
 * The servers' rows told in the words of this host's own log. They have the names of attributes that changed, and no values.
 */
#include "audit_fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/ready.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "terminal/options.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "terminal/when.h"
#include "audit_rows.h"
#include "fleet_ask.h"

enum { CHANGE_SIZE = 8192, NEIGHBOURS = 64, TOGETHER = 10 /* seconds */ };

#define ROOT_THERE "gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth"

static enum status check_options(const struct tool *tool)
{
    static const enum option_id others[] = {
        OPTION_EVENT, OPTION_ACTOR, OPTION_ORIGIN, OPTION_UNTIL, OPTION_BEFORE_ID, OPTION_FOLLOW, OPTION_VERIFY,
    };
    const char *most = tool->arguments.value[OPTION_COUNT];

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (tool_has(tool, others[i]))
            return tool_refuse(STATUS_USAGE, "--fleet goes with --user, --since, --lines, --identity and --output alone");
    if (most != NULL && (most[0] < '1' || most[0] > '9' || strlen(most) > 5 || most[strspn(most, "0123456789")] != '\0'))
        return tool_refuse(STATUS_USAGE, "--fleet takes -n 1 to 10000, not '%s'", most);
    return GO_ON;
}

/* -- a row ---------------------------------------------------------------------------------- */

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (; *list != '\0'; list += strcspn(list, ","), list += *list == ',')
        if (strncmp(list, word, length) == 0 && (list[length] == ',' || list[length] == '\0'))
            return true;
    return false;
}

/* As this host's log would call it. */
static const char *event_of(const struct fleet_row *row)
{
    const char *what = fleet_row_fact(row, FLEET_FACT_WHAT), *status = fleet_row_fact(row, FLEET_FACT_STATUS);
    const char *changed = fleet_row_fact(row, FLEET_FACT_CHANGED);

    if (strcmp(what, "modify") != 0)
        return strcmp(what, "add") == 0 ? "create" : strcmp(what, "modrdn") == 0 ? "rename" : what;
    if (status[0] != '\0')
        return strcmp(status, "suspended") == 0 ? "suspend" : strcmp(status, "deleted") == 0 ? "delete" : "activate";
    if (has_word(changed, "pwdChangedTime"))
        return "password set";
    return has_word(changed, "coderRole") ? "edit-roles" : "edit";
}

/* *change is the row's text. */
static void write_row(const struct fleet_row *row, char change[CHANGE_SIZE], struct audit_row *ret)
{
    const char *name = fleet_row_fact(row, FLEET_FACT_USERNAME), *members = fleet_row_fact(row, FLEET_FACT_MEMBERS);

    *ret = (struct audit_row){ .change = change };
    if (!when_parse(fleet_row_fact(row, FLEET_FACT_AT), 0, &ret->at))
        ret->at = 0;
    snprintf(ret->event, sizeof ret->event, "%s", event_of(row));
    snprintf(ret->username, sizeof ret->username, "%s", fleet_row_fact(row, FLEET_FACT_NAME));
    snprintf(ret->actor, sizeof ret->actor, "%s", fleet_row_fact(row, FLEET_FACT_BY));
    snprintf(ret->via, sizeof ret->via, "fleet");
    snprintf(ret->origin, sizeof ret->origin, "%s", fleet_row_fact(row, FLEET_FACT_URI));
    snprintf(change, CHANGE_SIZE, "%s%s%s%s%s", name, name[0] != '\0' ? " " : "", fleet_row_fact(row, FLEET_FACT_CHANGED),
             members[0] != '\0' ? " " : "", members);
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

/* The words of a list; NULL when memory is short. */
static char *make_array(const char *list)
{
    const char *words[CHANGE_SIZE / 2];
    char copy[CHANGE_SIZE], *next = copy, *word;
    size_t count = 0;

    snprintf(copy, sizeof copy, "%s", list);
    while (count < sizeof words / sizeof words[0] && (word = strsep(&next, ",")) != NULL)
        if (word[0] != '\0')
            words[count++] = word;
    return json_make_array(words, count);
}

static char *make_object(const struct fleet_row *row)
{
    char *changed = make_array(fleet_row_fact(row, FLEET_FACT_CHANGED)), *members = make_array(fleet_row_fact(row, FLEET_FACT_MEMBERS));
    char *object = NULL;
    int64_t at = 0;

    if (!when_parse(fleet_row_fact(row, FLEET_FACT_AT), 0, &at))
        at = 0;
    if (changed != NULL && members != NULL)
        object = json_make_object("wttt" "tttjjt", "at", at, "event", event_of(row), "actor", fleet_row_fact(row, FLEET_FACT_BY),
                                  "entry", fleet_row_fact(row, FLEET_FACT_DN), "name", or_null(fleet_row_fact(row, FLEET_FACT_NAME)),
                                  "new_name", or_null(fleet_row_fact(row, FLEET_FACT_USERNAME)), "status",
                                  or_null(fleet_row_fact(row, FLEET_FACT_STATUS)), "changed", changed, "members", members,
                                  "server", fleet_row_fact(row, FLEET_FACT_URI));
    store_text_free(changed);
    store_text_free(members);
    return object;
}

/* -- showing --------------------------------------------------------------------------------- */

static enum status print_objects(const struct fleet_answer *answer, bool array)
{
    for (size_t i = 0; i < answer->rows.count; i++) {
        char *object = make_object(&answer->rows.list[i]);

        if (object == NULL)
            return tool_refuse(STATUS_FAILED, "not enough memory");
        printf("%s%s%s", !array ? "" : i == 0 ? "[" : ",\n ", object, array ? "" : "\n");
        store_text_free(object);
    }
    if (array)
        puts(answer->rows.count == 0 ? "[]" : "]");
    return STATUS_DONE;
}

static enum status print_csv(const struct fleet_answer *answer)
{
    char change[CHANGE_SIZE];
    struct audit_row row;

    audit_put_heading(AUDIT_CSV);
    for (size_t i = 0; i < answer->rows.count; i++) {
        write_row(&answer->rows.list[i], change, &row);
        audit_put_row(AUDIT_CSV, &row);
    }
    return STATUS_DONE;
}

/* -- for people ------------------------------------------------------------------------------ */

static int64_t time_of(const struct fleet_row *row)
{
    int64_t at = 0;

    return when_parse(fleet_row_fact(row, FLEET_FACT_AT), 0, &at) ? at : 0;
}

/* This host, made or deleted by the same one at that time. */
static bool is_hosts(const struct fleet_row *row, const struct fleet_row *group, const char *name, size_t length)
{
    const char *dn = fleet_row_fact(row, FLEET_FACT_DN), *what = fleet_row_fact(row, FLEET_FACT_WHAT);
    int64_t apart = time_of(row) - time_of(group);

    return (strcmp(what, "add") == 0 || strcmp(what, "delete") == 0) && strncmp(dn, "cn=", 3) == 0 &&
           strncmp(dn + 3, name, length) == 0 && strncmp(dn + 3 + length, ",ou=hosts,", 10) == 0 && apart >= -TOGETHER &&
           apart <= TOGETHER && strcmp(fleet_row_fact(row, FLEET_FACT_BY), fleet_row_fact(group, FLEET_FACT_BY)) == 0;
}

/* A host's place in a group, which its own row beside it says already. */
static bool says_nothing(const struct fleet_rows *rows, size_t nth)
{
    const struct fleet_row *row = &rows->list[nth];
    const char *members = fleet_row_fact(row, FLEET_FACT_MEMBERS);
    size_t first = nth > NEIGHBOURS ? nth - NEIGHBOURS : 0;

    if (strstr(fleet_row_fact(row, FLEET_FACT_DN), ",ou=groups,") == NULL || strcmp(fleet_row_fact(row, FLEET_FACT_CHANGED), "member") != 0 ||
        members[0] == '\0' || strchr(members, ',') != NULL)
        return false;
    for (size_t i = first; i < rows->count && i <= nth + NEIGHBOURS; i++)
        if (is_hosts(&rows->list[i], row, members + 1, strlen(members + 1)))
            return true;
    return false;
}

static void write_for_people(const struct fleet_row *row, char change[CHANGE_SIZE], struct audit_row *ret)
{
    write_row(row, change, ret);
    if (strcmp(ret->actor, ROOT_THERE) == 0)
        snprintf(ret->actor, sizeof ret->actor, "root (on the server)");
}

static enum status print_table(const struct fleet_answer *answer)
{
    char change[CHANGE_SIZE];
    struct audit_row row;
    struct layout layout;
    struct page *page;
    bool added;

    print_audit_begin(&layout);
    for (size_t i = 0; i < answer->rows.count; i++) {
        write_for_people(&answer->rows.list[i], change, &row);
        print_audit_measure(&row, &layout);
    }
    layout_fit(&layout, terminal_width(stdout));
    page = page_new(&layout, true, stdout);
    added = page != NULL;
    for (size_t i = 0; added && i < answer->rows.count; i++) {
        if (says_nothing(&answer->rows, i))
            continue;
        write_for_people(&answer->rows.list[i], change, &row);
        added = print_audit_add(page, &row);
    }
    if (added)
        page_end(page);
    else
        page_drop(page);
    return added ? STATUS_DONE : tool_refuse(STATUS_FAILED, "not enough memory");
}

static enum status show(const struct tool *tool, const struct fleet_answer *answer)
{
    switch (audit_format_of(tool_output(tool))) {
    case AUDIT_JSON:
        return print_objects(answer, true);
    case AUDIT_JSON_LINES:
        return print_objects(answer, false);
    case AUDIT_CSV:
        return print_csv(answer);
    case AUDIT_TABLE:
    default:
        return print_table(answer);
    }
}

/* -- asking ---------------------------------------------------------------------------------- */

static enum status ask(struct tool *tool, struct fleet_answer *answer)
{
    const char *name = tool->arguments.value[OPTION_USER], *most = tool->arguments.value[OPTION_COUNT];
    struct fleet_request request = { .text = NULL };
    int64_t since = 0;
    enum status status = options_parse_when(tool, OPTION_SINCE, "--since", &since);

    fleet_request_add(&request, "do", "log");
    if (since > 0)
        fleet_request_set_number(&request, "since", since);
    if (name != NULL)
        fleet_request_set(&request, "name", name);
    if (most != NULL)
        fleet_request_set(&request, "count", most);
    if (status == GO_ON)
        status = fleet_ask(tool, &request, "the log", "an auditor", answer);
    fleet_request_free(&request);
    return status;
}

enum status audit_fleet(struct tool *tool)
{
    struct fleet_answer answer = { .done = NULL };
    struct fleet fleet;
    enum status status = check_options(tool);

    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = fleet_ask_find(tool, &fleet);
    if (status == GO_ON)
        status = ask(tool, &answer);
    if (status == GO_ON) {
        fleet_ask_note(&answer, "for its log");
        status = show(tool, &answer);
    }
    fleet_answer_free(&answer);
    return status;
}
