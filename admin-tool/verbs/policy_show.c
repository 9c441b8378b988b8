/*
 * Settings shown: a table's rows or an array's elements.
 */
#include "policy_show.h"

#include <stdio.h>
#include <string.h>

#include "sql/json.h"
#include "sql/memory.h"
#include "sql/policy.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/layout.h"
#include "terminal/page.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "terminal/terminal.h"

/* What was made of it. */
static char *make_outcome(const struct tool *tool, const struct policy *before, size_t index)
{
    char old[POLICY_VALUE_SIZE], new[POLICY_VALUE_SIZE];
    bool differs;

    policy_value_at(before, index, old);
    policy_value_at(&tool->policy, index, new);
    differs = strcmp(old, new) != 0;
    if (tool_has(tool, OPTION_DRY_RUN))
        return json_make_object("bbb", "changed", false, "dry_run", true, "would_change", differs);
    return json_make_object("b", "changed", differs);
}

static bool print_json(const struct tool *tool, const struct policy *before, size_t index)
{
    static const char *const types[] = { "number", "switch", "list", "text" };
    char value[POLICY_VALUE_SIZE], initial[POLICY_VALUE_SIZE];
    struct policy_setting setting;
    struct policy defaults;
    char *text;

    policy_setting_at(index, &setting);
    policy_defaults(&defaults);
    policy_value_at(&tool->policy, index, value);
    policy_value_at(&defaults, index, initial);
    text = json_make_object(setting.type >= POLICY_LIST ? "ttttiitt" : "tjjtiitt", "key",
                            setting.key, "value", value, "default", initial, "type",
                            types[setting.type], "least", setting.least, "most", setting.most,
                            "range", setting.range, "meaning", setting.meaning);
    if (before != NULL)
        text = answer_join(text, make_outcome(tool, before, index));
    if (text != NULL)
        fputs(text, stdout);
    store_text_free(text);
    return text != NULL;
}

static bool print_array(const struct tool *tool, const struct policy *before, const bool wanted[POLICY_COUNT])
{
    bool good = true;
    size_t count = 0;

    for (size_t i = 0; good && i < POLICY_COUNT; i++) {
        if (!wanted[i])
            continue;
        fputs(count++ == 0 ? "[" : ",\n ", stdout);
        good = print_json(tool, before, i);
    }
    puts(count == 0 ? "[]" : "]");
    return good;
}

static bool print_table(const struct policy *policy, const bool wanted[POLICY_COUNT])
{
    struct layout layout;
    struct page *page;
    bool good;

    print_policy_begin(&layout);
    for (size_t i = 0; i < POLICY_COUNT; i++)
        if (wanted[i])
            print_policy_measure(policy, i, &layout);
    layout_fit(&layout, terminal_width(stdout));
    page = page_new(&layout, true, stdout);
    good = page != NULL;
    for (size_t i = 0; good && i < POLICY_COUNT; i++)
        good = !wanted[i] || print_policy_add(page, policy, i);
    page_end(page);
    return good;
}

enum status policy_show(const struct tool *tool, const bool wanted[POLICY_COUNT])
{
    bool good = tool_wants_json(tool) ? print_array(tool, NULL, wanted) : print_table(&tool->policy, wanted);

    return good ? STATUS_DONE : tool_refuse(STATUS_FAILED, "not enough memory");
}

enum status policy_answer(const struct tool *tool, const struct policy *before, const bool wanted[POLICY_COUNT])
{
    return print_array(tool, before, wanted) ? STATUS_DONE : tool_refuse(STATUS_FAILED, "not enough memory");
}
