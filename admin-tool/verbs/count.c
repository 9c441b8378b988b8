/*
 * users count: how many accounts there are, of those that users list would show.
 */
#include "count.h"

#include <stdio.h>
#include <string.h>

#include "change/ready.h"
#include "sql/account.h"
#include "sql/ascii.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_find.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "selection.h"

static enum status print_json(const struct account_counts *counts, bool locks_known)
{
    char locked[24], *text;

    snprintf(locked, sizeof locked, "%lld", (long long)counts->locked);
    text = json_make_object("iiiii" "jiiiii", "total", counts->total, "active", counts->states[ACCOUNT_STATE_ACTIVE],
                            "suspended", counts->states[ACCOUNT_STATE_SUSPENDED], "expired",
                            counts->states[ACCOUNT_STATE_EXPIRED], "dormant", counts->states[ACCOUNT_STATE_DORMANT],
                            "locked", locks_known ? locked : NULL, "must_change", counts->must_change, "no_key",
                            counts->no_key, "admins", counts->admins, "auditors", counts->auditors, "service_accounts",
                            counts->services);
    if (text == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    puts(text);
    store_text_free(text);
    return GO_ON;
}

static void print_line(const char *name, int64_t count)
{
    printf("%-21s %lld\n", name, (long long)count);
}

static void print_text(const struct account_counts *counts, bool locks_known)
{
    print_line("Total", counts->total);
    for (unsigned state = 0; state < ACCOUNT_STATE_COUNT; state++) {
        char name[32];

        snprintf(name, sizeof name, "%s", account_state_name((enum account_state)state));
        name[0] = ascii_upper(name[0]);
        print_line(name, counts->states[state]);
    }
    if (locks_known)
        print_line("Locked", counts->locked);
    else
        printf("%-21s %s\n", "Locked", "not known");
    print_line("Must change", counts->must_change);
    print_line("No key", counts->no_key);
    print_line("Admins", counts->admins);
    print_line("Auditors", counts->auditors);
    print_line("Service accounts", counts->services);
}

static enum status count(struct tool *tool, struct selection *selection)
{
    struct account_counts counts = { 0 };
    enum status status = selection_begin(tool, selection);
    char *locked = status == GO_ON && tool->store != NULL ? selection_read_locked(tool) : NULL;
    bool known = locked != NULL || tool->store == NULL;

    if (status == GO_ON && tool->store != NULL)
        status = tool_store_status(tool, store_find_count(tool->store, &selection->filter, locked, &counts), "the list");
    store_text_free(locked);
    if (status == GO_ON && tool_wants_json(tool))
        status = print_json(&counts, known);
    else if (status == GO_ON)
        print_text(&counts, known);
    return status == GO_ON ? STATUS_DONE : status;
}

enum status users_count(struct tool *tool)
{
    struct selection selection;
    enum status status = selection_parse(tool, &selection);

    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = count(tool, &selection);
    selection_free(&selection);
    return status;
}
