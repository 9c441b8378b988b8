/*
 * policy: the settings of the store.
 */
#include "policy.h"

#include <stdio.h>
#include <string.h>

#include "change/ready.h"
#include "sql/policy.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "policy_show.h"
#include "policy_wish.h"

static enum status refuse_key(const char *key)
{
    return tool_refuse(STATUS_REFUSED, "unknown setting '%s'; see 'admin-tool policy'", key);
}

enum status policy_list(struct tool *tool)
{
    bool wanted[POLICY_COUNT];
    enum status status = tool_open(tool);

    memset(wanted, true, sizeof wanted);
    return status == GO_ON ? policy_show(tool, wanted) : status;
}

/* What a table tells the length of alone. */
static void print_whole(const struct policy *policy, size_t index)
{
    char value[POLICY_VALUE_SIZE], shown[POLICY_SHOWN_SIZE], line[4 * POLICY_VALUE_SIZE];

    policy_value_at(policy, index, value);
    policy_value_shown(value, shown);
    if (strcmp(value, shown) == 0)
        return;
    putchar('\n');
    for (char *next = value, *here; (here = strsep(&next, "\n")) != NULL && (next != NULL || here[0] != '\0');) {
        print_escape(here, line, sizeof line);
        puts(line);
    }
}

enum status policy_get(struct tool *tool)
{
    bool wanted[POLICY_COUNT] = { false };
    size_t index = policy_find(tool->arguments.operand);
    enum status status;

    if (index == POLICY_COUNT)
        return refuse_key(tool->arguments.operand);
    wanted[index] = true;
    status = tool_open(tool);
    if (status == GO_ON)
        status = policy_show(tool, wanted);
    if (status == STATUS_DONE && !tool_wants_json(tool))
        print_whole(&tool->policy, index);
    return status;
}

/* -- setting ------------------------------------------------------------------------------ */

static enum status read_wish(const char *pair, struct policy_wish *ret)
{
    char key[64];
    const char *equals = strchr(pair, '=');
    size_t length = equals != NULL ? (size_t)(equals - pair) : 0, index;

    if (equals == NULL)
        return tool_refuse(STATUS_USAGE, "policy set takes KEY=VALUE, not '%s'", pair);
    snprintf(key, sizeof key, "%.*s", (int)(length < sizeof key ? length : sizeof key - 1), pair);
    index = policy_find(key);
    if (index == POLICY_COUNT)
        return refuse_key(key);
    if (ret->wanted[index])
        return tool_refuse(STATUS_USAGE, "%s is given twice", key);
    ret->wanted[index] = true;
    ret->values[index] = equals + 1;
    return GO_ON;
}

static enum status read_wishes(const struct tool *tool, struct policy_wish *ret)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < tool->arguments.operand_count; i++)
        status = read_wish(tool->arguments.operands[i], ret);
    return status;
}

enum status policy_change(struct tool *tool)
{
    struct policy_wish wish = { 0 };
    enum status status = read_wishes(tool, &wish);

    if (status == GO_ON)
        status = tool_open(tool);
    return status == GO_ON ? policy_wish_make(tool, &wish) : status;
}
