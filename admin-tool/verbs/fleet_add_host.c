/*
 * The join file is written first: a host in the tree without one has nothing to come by, and a file without a host opens
 * nothing.
 */
#include "fleet_add_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/ready.h"
#include "change/scope.h"
#include "sql/memory.h"
#include "terminal/answer.h"
#include "terminal/confirm.h"
#include "terminal/say.h"
#include "terminal/when.h"
#include "fleet_ask.h"
#include "join_make.h"

enum { DETAIL_SIZE = 1024 };

/* -- add ---------------------------------------------------------------------------------- */

static enum status check_options(const struct tool *tool)
{
    bool renews = tool_has(tool, OPTION_RENEW);

    if (!tool_has(tool, OPTION_JOIN))
        return tool_refuse_as(KIND_MISSING, "join", NULL, "missing: --join FILE: the new file that takes the host into the fleet");
    if (!tool_has(tool, OPTION_CERTIFICATE))
        return tool_refuse_as(KIND_MISSING, "certificate", NULL, "missing: --certificate FILE: the host's certificate with its key, "
                              "from the fleet's authority, see coder-fleet(7)");
    if (renews == tool_has(tool, OPTION_SCOPE))
        return renews ? tool_refuse(STATUS_USAGE, "--renew leaves the scopes as they are; leave --scope out")
                      : tool_refuse_as(KIND_MISSING, "scope", NULL, "missing: --scope S,S: which accounts the host has");
    return scope_check(tool);
}

static enum status preview(const struct tool *tool, const struct fleet *fleet)
{
    const char *name = tool->arguments.operand, *path = tool->arguments.value[OPTION_JOIN];

    if (tool_has(tool, OPTION_RENEW))
        printf("Would write a new join file for %s into %s; nothing was changed.\n", name, path);
    else
        printf("Would add %s to the fleet %s with the scopes %s, and write its join file into %s; nothing was changed.\n", name,
               fleet->base, tool->arguments.value[OPTION_SCOPE], path);
    return STATUS_DONE;
}

static enum status ask_to_add(struct tool *tool, const struct fleet *fleet)
{
    const char *name = tool->arguments.operand;
    struct fleet_request request = { .text = NULL };
    struct fleet_answer answer;
    char detail[DETAIL_SIZE];
    enum status status;

    fleet_request_add(&request, "do", "add-host");
    fleet_request_add(&request, "name", name);
    scope_set(tool, NULL, &request);
    status = fleet_ask(tool, &request, name, NULL, &answer);
    fleet_request_free(&request);
    if (status == GO_ON) {
        snprintf(detail, sizeof detail, "%s, scopes %s", name, tool->arguments.value[OPTION_SCOPE]);
        fleet_ask_record(tool, "fleet-add-host", &answer, detail);
        printf("%s is in the fleet %s.\n", name, fleet->base);
    }
    fleet_answer_free(&answer);
    return status;
}

static void tell(const struct tool *tool)
{
    const char *name = tool->arguments.operand, *path = tool->arguments.value[OPTION_JOIN];
    char until[WHEN_SIZE];

    when_format(tool->now + INT64_C(3600) * JOIN_HOURS, "", until);
    printf("%s holds the key of %s: carry it there, readable by root alone, and by %s run 'admin-tool fleet join FILE' there.\n", path,
           name, until);
}

static enum status add(struct tool *tool, const struct fleet *fleet, const char *text)
{
    enum status status = tool_has(tool, OPTION_DRY_RUN) ? preview(tool, fleet) : join_make_write(tool, text);

    if (status != GO_ON)
        return status;
    if (!tool_has(tool, OPTION_RENEW))
        status = ask_to_add(tool, fleet);
    if (status != GO_ON) {
        join_make_remove(tool);
        return status;
    }
    tell(tool);
    return STATUS_DONE;
}

enum status fleet_add_host(struct tool *tool)
{
    struct fleet fleet;
    char *text = NULL;
    enum status status = join_make_check_name(tool->arguments.operand);

    answer_hear();
    if (status == GO_ON)
        status = check_options(tool);
    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = fleet_ask_find(tool, &fleet);
    if (status == GO_ON)
        status = join_make(tool, &fleet, tool->arguments.operand, &text);
    if (status == GO_ON)
        status = add(tool, &fleet, text);
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    store_text_free(text);
    return status;
}

/* -- remove ------------------------------------------------------------------------------- */

static enum status ask_to_remove(struct tool *tool)
{
    const char *name = tool->arguments.operand;
    struct fleet_request request = { .text = NULL };
    struct fleet_answer answer;
    enum status status;

    fleet_request_add(&request, "do", "remove-host");
    fleet_request_add(&request, "name", name);
    status = fleet_ask(tool, &request, name, NULL, &answer);
    fleet_request_free(&request);
    if (status == GO_ON) {
        fleet_ask_record(tool, "fleet-remove-host", &answer, name);
        printf("%s is out of the fleet: it is told nothing more. Its accounts stay there as they are now; have its certificate "
               "taken back.\n", name);
    }
    fleet_answer_free(&answer);
    return status == GO_ON ? STATUS_DONE : status;
}

static enum status confirm(const struct tool *tool, const struct fleet *fleet)
{
    char plan[JOIN_HOST_NAME_SIZE + FLEET_BASE_SIZE + 32];

    snprintf(plan, sizeof plan, "put %s out of the fleet %s", tool->arguments.operand, fleet->base);
    if (tool_has(tool, OPTION_DRY_RUN)) {
        printf("Would %s; nothing was changed.\n", plan);
        return STATUS_DONE;
    }
    return tool_has(tool, OPTION_YES) ? GO_ON : confirm_change(plan, answer_is_json() ? stderr : stdout);
}

enum status fleet_remove_host(struct tool *tool)
{
    struct fleet fleet;
    enum status status = join_make_check_name(tool->arguments.operand);

    answer_hear();
    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = fleet_ask_find(tool, &fleet);
    if (status == GO_ON)
        status = confirm(tool, &fleet);
    return status == GO_ON ? ask_to_remove(tool) : status;
}
