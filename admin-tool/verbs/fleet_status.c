/*
 * fleet status: which fleet, how far this host has followed it, what it did not take, and whether the servers answer.
 */
#include "fleet_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/ready.h"
#include "host/fleet_clock.h"
#include "host/fleet_folder.h"
#include "host/fleet_trial.h"
#include "host/fleet_units.h"
#include "host/follower.h"
#include "host/units.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/when.h"
#include "fleet_held.h"

enum { LINE_SIZE = 4 * FLEET_URI_SIZE };

/* All that is shown. */
struct sight {
    struct tool *tool;
    struct fleet fleet;
    struct fleet_counts counts;
    struct held_list held;
    struct fleet_trial trial;
    char host[FLEET_VALUE_SIZE];
    int64_t newest;
    bool runs;
};

/* -- looking ------------------------------------------------------------------------------ */

static void look_at_host(struct sight *sight)
{
    if (!fleet_folder_setting("host", 0, sight->host))
        sight->host[0] = '\0';
    fleet_try(&sight->trial);
    sight->runs = follower_runs();
}

static enum status look(struct sight *sight)
{
    struct store *store = sight->tool->store;
    char *cookie = NULL;
    enum store_result result = store_fleet_count(store, &sight->counts);

    if (result == STORE_OK)
        result = store_fleet_cookie(store, &cookie);
    if (result == STORE_OK)
        result = held_list_read(store, &sight->held);
    sight->newest = cookie != NULL ? fleet_newest_change(cookie) : 0;
    store_text_free(cookie);
    look_at_host(sight);
    return tool_store_status(sight->tool, result, "the fleet");
}

/* Seconds since a server was heard of; -1: never. A clock that was set back makes it none. */
static int64_t lag(const struct sight *sight)
{
    int64_t since = sight->tool->now - sight->fleet.last_contact;

    return sight->fleet.last_contact == 0 ? -1 : since > 0 ? since : 0;
}

/* -- for programs ------------------------------------------------------------------------- */

/* An array of JSON for free(3); NULL when memory is short. */
static char *make_servers(const struct fleet_trial *trial)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < trial->count; i++) {
        const struct fleet_server *server = &trial->servers[i];
        char *object = json_make_object("tjt", "uri", server->uri, "answers",
                                        !server->tried ? NULL : server->why[0] == '\0' ? "true" : "false",
                                        "why", server->why[0] != '\0' ? server->why : NULL);

        fprintf(out, "%s%s", i == 0 ? "[" : ",", object != NULL ? object : "?"); /* which is no JSON */
        store_text_free(object);
    }
    fputs(trial->count == 0 ? "[]" : "]", out);
    return fclose(out) == 0 ? text : NULL;
}

static char *make_counts(const struct fleet_counts *counts)
{
    return json_make_object("iiii" "iiii", "accounts", counts->accounts, "active", counts->active, "absent", counts->absent,
                            "suspended_here", counts->suspended_here, "held", counts->held, "vanished", counts->vanished,
                            "deleted", counts->deleted, "remarks", counts->remarks);
}

static char *make_link(const struct sight *sight)
{
    const struct fleet *fleet = &sight->fleet;
    char *servers = make_servers(&sight->trial), *text;
    char seconds[24];

    snprintf(seconds, sizeof seconds, "%lld", (long long)lag(sight));
    text = servers == NULL ? NULL
           : json_make_object("btt" "jwj" "bwj" "twww" "w", "joined", true, "base", fleet->base, "host", sight->host,
                              "servers", servers, "joined_at", fleet->joined_at, "follows", sight->runs ? "true" : "false",
                              "filled", !fleet->whole_due, "last_contact", fleet->last_contact, "lag_seconds",
                              fleet->last_contact != 0 ? seconds : NULL,
                              "last_uri", fleet->last_uri[0] != '\0' ? fleet->last_uri : NULL, "newest_change", sight->newest,
                              "latched_at", fleet->latched_at, "braked_at", fleet->braked_at,
                              "certificate_expires_at", sight->trial.ends[FLEET_END_CERTIFICATE]);
    free(servers);
    return text;
}

static enum status print_json(const struct sight *sight)
{
    char *link = make_link(sight), *counts = make_counts(&sight->counts), *entries = held_list_json(&sight->held);
    char *most = NULL, *all = NULL;

    if (link != NULL && counts != NULL)
        most = json_join(link, counts);
    if (most != NULL && entries != NULL)
        all = json_join(most, entries);
    if (all != NULL)
        puts(all);
    store_text_free(link);
    store_text_free(counts);
    store_text_free(entries);
    store_text_free(most);
    store_text_free(all);
    return all != NULL ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory");
}

/* -- for people --------------------------------------------------------------------------- */

static void print_line(const char *name, const char *value)
{
    char plain[LINE_SIZE];

    print_escape(value, plain, sizeof plain);
    printf("%-21s %s\n", name, plain);
}

static void print_time(const char *name, int64_t at, const char *never)
{
    char text[WHEN_SIZE];

    when_format(at, never, text);
    print_line(name, text);
}

static void print_count(const char *name, int64_t count)
{
    printf("%-21s %lld\n", name, (long long)count);
}

static void print_server(const struct fleet_server *server)
{
    char text[2 * FLEET_VALUE_SIZE + 8];

    snprintf(text, sizeof text, "%s%s%s", server->uri, !server->tried ? "" : server->why[0] == '\0' ? " answers" : ": ",
             server->why);
    print_line("Server", text);
}

static void print_contact(const struct sight *sight)
{
    char when[WHEN_SIZE], text[WHEN_SIZE + 48];

    when_format(sight->fleet.last_contact, "none yet", when);
    snprintf(text, sizeof text, "%s", when);
    if (sight->fleet.last_contact != 0)
        snprintf(text, sizeof text, "%s, %lld s ago", when, (long long)lag(sight));
    print_line("Last contact", text);
    if (sight->fleet.last_uri[0] != '\0')
        print_line("Last server", sight->fleet.last_uri);
    print_time("Newest change", sight->newest, "none yet");
}

static void print_stops(const struct sight *sight)
{
    const struct fleet *fleet = &sight->fleet;

    if (fleet->latched_at != 0)
        print_time("A server went back", fleet->latched_at, "-");
    if (fleet->braked_at != 0)
        print_time("Many went", fleet->braked_at, "-");
    if (fleet->latched_at != 0)
        puts("\nNothing is taken from the fleet until 'admin-tool fleet accept': a server is in an older state than this host.");
    if (fleet->braked_at != 0)
        puts("\nThose who vanished are kept as they were until 'admin-tool fleet accept', and refused then; those whom the fleet\n"
             "has deleted are suspended, and deleted then.");
}

static void print_text(const struct sight *sight)
{
    print_line("Fleet", sight->fleet.base);
    print_line("Host", sight->host[0] != '\0' ? sight->host : "not known: " FLEET_FOLDER " cannot be read");
    for (size_t i = 0; i < sight->trial.count; i++)
        print_server(&sight->trial.servers[i]);
    print_time("Joined at", sight->fleet.joined_at, "-");
    print_line("Follows", sight->runs         ? "yes"
                          : units_are_here() ? "no: " FLEET_UNIT " does not run"
                                             : "no: 'admin-tool follow' does not run");
    print_contact(sight);
    print_time("Certificate ends", sight->trial.ends[FLEET_END_CERTIFICATE], "not known");
    print_count("Accounts", sight->counts.accounts);
    print_count("Absent", sight->counts.absent);
    print_count("Suspended here", sight->counts.suspended_here);
    print_count("Held back", sight->counts.held + sight->counts.vanished + sight->counts.deleted);
    print_stops(sight);
    held_list_print(&sight->held, stdout);
}

static enum status show(struct sight *sight)
{
    enum status status = look(sight);

    if (status == GO_ON && tool_wants_json(sight->tool))
        return print_json(sight);
    if (status == GO_ON)
        print_text(sight);
    return status;
}

static enum status print_none(const struct tool *tool)
{
    puts(tool_wants_json(tool) ? "{\"joined\":false}" : "This host is in no fleet.");
    return GO_ON;
}

static enum status show_fleet(struct sight *sight)
{
    struct tool *tool = sight->tool;
    enum store_result result = tool->store != NULL ? store_fleet(tool->store, &sight->fleet) : STORE_NOT_FOUND;
    enum status status;

    if (result == STORE_NOT_FOUND)
        return print_none(tool);
    status = tool_store_status(tool, result, "the fleet");
    if (status == GO_ON)
        status = show(sight);
    held_list_free(&sight->held);
    return status;
}

enum status fleet_status(struct tool *tool)
{
    struct sight *sight = calloc(1, sizeof *sight);
    enum status status;

    if (sight == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    sight->tool = tool;
    status = tool_open(tool);
    if (status == GO_ON)
        status = show_fleet(sight);
    free(sight);
    return status == GO_ON ? STATUS_DONE : status;
}
