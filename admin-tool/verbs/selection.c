/*
 * From options to a filter, an order and a part of the list.
 */
#include "selection.h"

#include <stdlib.h>
#include <string.h>

#include "change/open.h"
#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/activity_summary.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/options.h"
#include "terminal/say.h"
#include "terminal/when.h"

/* -- what the options say ----------------------------------------------------------------- */

static unsigned parse_states(const struct arguments *arguments)
{
    unsigned states = 0;

    for (size_t i = 0; i < arguments->repeated_count; i++)
        for (unsigned state = 0; state < ACCOUNT_STATE_COUNT; state++)
            if (strcmp(arguments->repeated[i], account_state_name((enum account_state)state)) == 0)
                states |= 1u << state;
    return states;
}

static enum status parse_end(const struct tool *tool, int64_t *ret)
{
    const char *text = tool->arguments.value[OPTION_EXPIRES_BEFORE];

    if (text == NULL || when_parse_start(text, tool->now, ret))
        return GO_ON;
    return tool_refuse_as(KIND_USAGE, "expires_before", text,
                          "--expires-before takes 2026-11-30, +90d or \"2026-11-30 18:00\", not '%s'", text);
}

static enum status parse_filter(const struct tool *tool, struct account_filter *ret)
{
    enum status status = parse_end(tool, &ret->ends_by);

    ret->text = tool->arguments.operand;
    ret->states = parse_states(&tool->arguments);
    ret->role = tool->arguments.value[OPTION_ROLE];
    if (ret->role != NULL && strcmp(ret->role, role_name(ROLE_MEMBER)) == 0)
        ret->role = NULL; /* everyone is */
    ret->must_change = tool_has(tool, OPTION_MUST_CHANGE);
    ret->no_key = tool_has(tool, OPTION_NO_KEY);
    return status == GO_ON ? options_parse_when(tool, OPTION_INACTIVE, "--inactive", &ret->unused_since) : status;
}

static enum status parse_order(const struct tool *tool, struct account_order *ret)
{
    const char *text = tool->arguments.value[OPTION_SORT];
    char key[COLUMN_KEY_SIZE];
    struct columns columns;
    enum status status;

    ret->reverse = tool_has(tool, OPTION_REVERSE);
    if (text == NULL)
        return GO_ON;
    status = print_parse_columns(text, &columns);
    if (status != GO_ON)
        return status;
    print_column_key(columns.index[0], key);
    if (columns.count == 1 && store_find_key(key, &ret->key))
        return GO_ON;
    if (columns.count > 1)
        return tool_refuse_as(KIND_USAGE, "sort", text, "--sort takes one column, not '%s'", text);
    return tool_refuse_as(KIND_USAGE, "sort", text, "--sort takes no '%s', which is of the log of attempts; "
                          "'last login day' is of the store", text);
}

/* *ret is untouched when the option was not given. */
static enum status parse_number(const struct tool *tool, enum option_id option, const char *name, int64_t *ret)
{
    const char *text = tool->arguments.value[option];

    if (text == NULL)
        return GO_ON;
    if (text[0] == '\0' || strlen(text) > 18 || text[strspn(text, "0123456789")] != '\0')
        return tool_refuse_as(KIND_USAGE, name, text, "--%s takes a number, not '%s'", name, text);
    *ret = strtoll(text, NULL, 10);
    return GO_ON;
}

enum status selection_parse(const struct tool *tool, struct selection *ret)
{
    static const enum option_id narrowing[] = {
        OPTION_STATUS, OPTION_ROLE, OPTION_INACTIVE, OPTION_EXPIRES_BEFORE, OPTION_LOCKED, OPTION_MUST_CHANGE,
        OPTION_NO_KEY, OPTION_LIMIT, OPTION_OFFSET,
    };
    enum status status;

    *ret = (struct selection){ .limit = -1, .narrowed = tool->arguments.operand != NULL };
    for (size_t i = 0; i < sizeof narrowing / sizeof narrowing[0]; i++)
        ret->narrowed = ret->narrowed || tool_has(tool, narrowing[i]);
    status = parse_filter(tool, &ret->filter);
    if (status == GO_ON)
        status = parse_order(tool, &ret->order);
    if (status == GO_ON)
        status = parse_number(tool, OPTION_LIMIT, "limit", &ret->limit);
    if (status == GO_ON)
        status = parse_number(tool, OPTION_OFFSET, "offset", &ret->offset);
    return status;
}

/* -- who is locked out -------------------------------------------------------------------- */

char *selection_read_locked(const struct tool *tool)
{
    struct activity_log *log = tool_open_activity();
    char *uids = NULL;

    if (log != NULL)
        activity_locked_uids(log, &tool->policy, tool->now, &uids);
    activity_close(log);
    return uids;
}

enum status selection_begin(const struct tool *tool, struct selection *selection)
{
    selection->filter.policy = &tool->policy;
    selection->filter.now = tool->now;
    if (!tool_has(tool, OPTION_LOCKED) || tool->store == NULL)
        return GO_ON;
    selection->locked = selection_read_locked(tool);
    selection->filter.uids = selection->locked;
    if (selection->locked != NULL)
        return GO_ON;
    return tool_refuse(STATUS_FAILED, "who is locked out is not known: " PRIVATE_DIR "/activity.db cannot be used; "
                       "see 'admin-tool check'");
}

void selection_free(struct selection *selection)
{
    store_text_free(selection->locked);
    selection->locked = NULL;
}
