/*
 * policy: the settings of the store. Several are set together or not at all, judged one by one and
 * then as a whole; the public directory is written anew in the same transaction.
 */
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "host/group_lists.h"
#include "host/login_defs.h"
#include "host/names.h"
#include "host/reserved.h"
#include "sql/account.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_audit.h"
#include "terminal/command.h"
#include "terminal/layout.h"
#include "terminal/page.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "policy_effect.h"
#include "terminal/terminal.h"

enum { DETAIL_SIZE = 12 * POLICY_VALUE_SIZE };

/* -- showing ------------------------------------------------------------------------------ */

static bool print_json(const struct policy *policy, size_t index)
{
    static const char *const types[] = { "number", "switch", "list" };
    char value[POLICY_VALUE_SIZE], initial[POLICY_VALUE_SIZE];
    struct policy_setting setting;
    struct policy defaults;
    char *text;

    policy_setting_at(index, &setting);
    policy_defaults(&defaults);
    policy_value_at(policy, index, value);
    policy_value_at(&defaults, index, initial);
    text = json_make_object(setting.type == POLICY_LIST ? "ttttiitt" : "tjjtiitt", "key",
                            setting.key, "value", value, "default", initial, "type",
                            types[setting.type], "least", setting.least, "most", setting.most,
                            "range", setting.range, "meaning", setting.meaning);
    if (text != NULL)
        fputs(text, stdout);
    store_text_free(text);
    return text != NULL;
}

static bool print_array(const struct policy *policy, const bool wanted[POLICY_COUNT])
{
    bool good = true;
    size_t count = 0;

    for (size_t i = 0; good && i < POLICY_COUNT; i++) {
        if (!wanted[i])
            continue;
        fputs(count++ == 0 ? "[" : ",\n ", stdout);
        good = print_json(policy, i);
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

/* Those marked; the table's rows or an array's elements. */
static enum status print_settings(struct tool *tool, const bool wanted[POLICY_COUNT])
{
    bool good = tool_wants_json(tool) ? print_array(&tool->policy, wanted) : print_table(&tool->policy, wanted);

    return good ? STATUS_DONE : tool_refuse(STATUS_FAILED, "not enough memory");
}

static enum status refuse_key(const char *key)
{
    return tool_refuse(STATUS_REFUSED, "unknown setting '%s'; see 'admin-tool policy'", key);
}

enum status policy_list(struct tool *tool)
{
    bool wanted[POLICY_COUNT];
    enum status status = tool_open(tool);

    memset(wanted, true, sizeof wanted);
    return status == GO_ON ? print_settings(tool, wanted) : status;
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
    return status == GO_ON ? print_settings(tool, wanted) : status;
}

/* -- setting ------------------------------------------------------------------------------ */

/* What was asked for; the values are argv's. */
struct wish {
    bool wanted[POLICY_COUNT];
    const char *values[POLICY_COUNT];
};

static enum status read_wish(const char *pair, struct wish *ret)
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

static enum status read_wishes(const struct tool *tool, struct wish *ret)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < tool->arguments.operand_count; i++)
        status = read_wish(tool->arguments.operands[i], ret);
    return status;
}

/* Nothing is no number: it stands for the default. Of a list it is the empty one. */
static bool is_reset(const struct policy_setting *setting, const char *value)
{
    return strcmp(value, "default") == 0 || (value[0] == '\0' && setting->type != POLICY_LIST);
}

static enum status apply_wish(size_t index, const char *value, struct policy *ret)
{
    char initial[POLICY_VALUE_SIZE];
    struct policy_setting setting;
    struct policy defaults;

    policy_setting_at(index, &setting);
    policy_defaults(&defaults);
    policy_value_at(&defaults, index, initial);
    if (policy_set(ret, setting.key, is_reset(&setting, value) ? initial : value))
        return GO_ON;
    return tool_refuse(STATUS_REFUSED, "%s takes %s, not '%s'", setting.key, setting.range, value);
}

/* Root's group is never granted; one that is missing is not granted as long as it is. */
static enum status check_groups(const char *list)
{
    while (*list != '\0') {
        char name[ACCOUNT_NAME_SIZE];
        size_t length = strcspn(list, ",");
        uint32_t gid = 1;
        bool found;

        snprintf(name, sizeof name, "%.*s", (int)length, list);
        if (strncmp(name, "coder-", strlen("coder-")) == 0)
            return tool_refuse(STATUS_REFUSED, "%s is a group of a role, which 'users edit-roles' gives; name "
                               "groups of /etc/group", name);
        found = host_find_group(name, &gid);
        if (!found && errno != 0)
            return tool_refuse(STATUS_FAILED, "cannot read /etc/group: %s; nothing was changed",
                               strerror(errno));
        if (!found)
            tool_refuse(GO_ON, "note: /etc/group has no group %s, so it is not granted; make it and "
                        "run 'admin-tool publish'", name);
        if (gid == 0)
            return tool_refuse(STATUS_REFUSED, "the group %s is root's (gid 0) and cannot come with "
                               "a role", name);
        list += length + (list[length] == ',');
    }
    return GO_ON;
}

static bool gives_groups(const struct wish *wish, const struct policy *policy)
{
    return (wish->wanted[policy_find("admin_groups")] && policy->admin_groups[0] != '\0') ||
           (wish->wanted[policy_find("auditor_groups")] && policy->auditor_groups[0] != '\0') ||
           (wish->wanted[policy_find("member_groups")] && policy->member_groups[0] != '\0');
}

/* What a group of such a name gives, it gives to everybody: each user is a member. */
static void note_meanings(const char *list)
{
    while (*list != '\0') {
        char name[ACCOUNT_NAME_SIZE];
        size_t length = strcspn(list, ",");
        const char *whose;

        snprintf(name, sizeof name, "%.*s", (int)length, list);
        whose = reserved_name(name);
        if (whose != NULL && strstr(whose, ": ") != NULL)
            tool_refuse(GO_ON, "note: every member gets the group %s of %s", name, whose);
        list += length + (list[length] == ',');
    }
}

static enum status check_host(const struct wish *wish, const struct policy *policy)
{
    enum status status = GO_ON;

    if (wish->wanted[policy_find("admin_groups")])
        status = check_groups(policy->admin_groups);
    if (status == GO_ON && wish->wanted[policy_find("auditor_groups")])
        status = check_groups(policy->auditor_groups);
    if (status == GO_ON && wish->wanted[policy_find("member_groups")])
        status = check_groups(policy->member_groups);
    if (status == GO_ON && wish->wanted[policy_find("member_groups")])
        note_meanings(policy->member_groups);
    if (status == GO_ON && gives_groups(wish, policy) && group_lists_lack_ours())
        tool_refuse(GO_ON, "note: our users get the group, but who reads its list of members, as polkit "
                    "does for its administrators, does not see them; write 'group: files "
                    "[SUCCESS=merge] coder' in /etc/nsswitch.conf");
    if (status == GO_ON &&
        (wish->wanted[policy_find("uid_min")] || wish->wanted[policy_find("uid_max")]) &&
        (host_uid_is_subordinate((uint32_t)policy->uid_min) ||
         host_uid_is_subordinate((uint32_t)policy->uid_max)))
        tool_refuse(GO_ON, "note: %lld-%lld reaches into this machine's range of subordinate ids "
                    "(subuid(5))", (long long)policy->uid_min, (long long)policy->uid_max);
    return status;
}

static enum status judge(const struct wish *wish, struct policy *ret)
{
    struct policy policy = *ret;
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < POLICY_COUNT; i++)
        if (wish->wanted[i])
            status = apply_wish(i, wish->values[i], &policy);
    if (status == GO_ON && policy_fault(&policy) != NULL)
        status = tool_refuse(STATUS_REFUSED, "%s", policy_fault(&policy));
    if (status == GO_ON)
        *ret = policy;
    return status;
}

/* "lock_seconds: 30 -> 60, ...": as the audit log shows it; "" when nothing differs. */
static void describe(const struct policy *before, const struct policy *after, char *ret, size_t size)
{
    size_t used = 0;

    ret[0] = '\0';
    for (size_t i = 0; i < POLICY_COUNT && used < size; i++) {
        char old[POLICY_VALUE_SIZE], new[POLICY_VALUE_SIZE];
        struct policy_setting setting;

        policy_setting_at(i, &setting);
        policy_value_at(before, i, old);
        policy_value_at(after, i, new);
        if (strcmp(old, new) != 0)
            used += (size_t)snprintf(ret + used, size - used, "%s%s: %s -> %s",
                                     used > 0 ? ", " : "", setting.key, old[0] != '\0' ? old : "-",
                                     new[0] != '\0' ? new : "-");
    }
}

static enum store_result write_settings(struct tool *tool, const struct policy *policy,
                                        const struct wish *wish)
{
    enum store_result result = STORE_OK;

    for (size_t i = 0; result == STORE_OK && i < POLICY_COUNT; i++) {
        char value[POLICY_VALUE_SIZE];
        struct policy_setting setting;

        policy_setting_at(i, &setting);
        policy_value_at(policy, i, value);
        if (wish->wanted[i])
            result = store_policy_set(tool->store, setting.key,
                                      strcmp(wish->values[i], "default") == 0 ? NULL : value);
    }
    return result;
}

/* The row has the settings themselves, which change_commit knows nothing of. */
static enum status commit(struct tool *tool, const struct policy *before)
{
    enum status status = tool_store_status(tool,
        store_audit_append_policy(tool->store, &tool->actor.audit, "policy", before, &tool->policy,
                                  tool->now), "the audit row");

    if (status == GO_ON)
        status = change_end(tool, NULL, NULL);
    return status;
}

/* In the transaction, over the settings as they are now. */
static enum status make(struct tool *tool, const struct wish *wish)
{
    struct policy policy;
    enum status status = tool_store_status(tool, store_policy(tool->store, &policy), "the policy");
    struct policy before = policy;

    if (status == GO_ON)
        status = judge(wish, &policy);
    if (status == GO_ON)
        status = tool_store_status(tool, write_settings(tool, &policy, wish), "the policy");
    if (status != GO_ON)
        return status;
    tool->policy = policy; /* what is published now is by the new ones */
    return commit(tool, &before);
}

static enum status carry_out(struct tool *tool, const struct wish *wish)
{
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = tool_store_status(tool, store_begin(tool->store), "the store");
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = make(tool, wish);
    store_rollback(tool->store);
    tool_unlock(tool);
    if (status == GO_ON)
        record_event(tool, "policy", NULL);
    change_release_signals();
    return status;
}

static enum status set(struct tool *tool, const struct wish *wish)
{
    struct policy policy = tool->policy;
    char detail[DETAIL_SIZE];
    bool dry = tool_has(tool, OPTION_DRY_RUN);
    enum status status = judge(wish, &policy);

    if (status == GO_ON)
        status = check_host(wish, &policy);
    if (status == GO_ON)
        status = policy_effect_tell(tool, &policy);
    if (status != GO_ON)
        return status;
    describe(&tool->policy, &policy, detail, sizeof detail);
    if (detail[0] != '\0' && !dry)
        status = carry_out(tool, wish);
    if (status != GO_ON)
        return status;
    if (tool_wants_json(tool)) {
        tool->policy = policy;
        return print_settings(tool, wish->wanted);
    }
    if (detail[0] == '\0')
        puts("The policy is so already; nothing was changed.");
    else
        printf("%s%s%s\n", dry ? "Would change " : "", detail, dry ? "; nothing was changed." : "");
    return STATUS_DONE;
}

enum status policy_change(struct tool *tool)
{
    struct wish wish = { 0 };
    enum status status = read_wishes(tool, &wish);

    if (status == GO_ON)
        status = tool_open(tool);
    return status == GO_ON ? set(tool, &wish) : status;
}
