/*
 * Several settings are changed together or not at all, judged one by one and then as a whole; the public directory is
 * written anew in the same transaction.
 */
#include "policy_wish.h"

#include <stdio.h>
#include <string.h>

#include "change/lock.h"
#include "change/record.h"
#include "change/transaction.h"
#include "sql/ascii.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_audit.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/fault.h"
#include "terminal/say.h"
#include "policy_effect.h"
#include "policy_host.h"
#include "policy_show.h"

enum { DETAIL_SIZE = 16 * POLICY_SHOWN_SIZE, SPOKEN_SIZE = 4 * POLICY_SHOWN_SIZE };

/* Nothing is no number or text: it stands for the default. Of a list it is the empty one. */
static bool is_reset(const struct policy_setting *setting, const char *value)
{
    return strcmp(value, "default") == 0 || (value[0] == '\0' && setting->type != POLICY_LIST);
}

/* "1" or "0" for another word of the same; any other value as it is. */
static const char *read_switch(const char *value)
{
    if (ascii_is(value, "yes") || ascii_is(value, "on") || ascii_is(value, "true"))
        return "1";
    return ascii_is(value, "no") || ascii_is(value, "off") || ascii_is(value, "false") ? "0" : value;
}

static enum status apply_wish(size_t index, const char *value, struct policy *ret)
{
    char initial[POLICY_VALUE_SIZE], fault[POLICY_FAULT_SIZE];
    struct policy_setting setting;
    struct policy defaults;

    policy_setting_at(index, &setting);
    policy_defaults(&defaults);
    policy_value_at(&defaults, index, initial);
    if (is_reset(&setting, value))
        value = initial;
    if (setting.type == POLICY_SWITCH)
        value = read_switch(value);
    if (setting.type == POLICY_SWITCH && !policy_value_good(index, value, fault))
        return tool_refuse_as(KIND_INVALID, setting.key, NULL, "%s takes yes or no, 1 or 0, not '%s'", setting.key, value);
    if (!policy_value_good(index, value, fault))
        return tool_refuse_as(KIND_INVALID, setting.key, NULL, "%s %s", setting.key, fault);
    policy_set(ret, setting.key, value);
    return GO_ON;
}

static enum status judge(const struct policy_wish *wish, struct policy *ret)
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

/* In one line, for terminals. */
static const char *speak(const char *value, char ret[SPOKEN_SIZE])
{
    char shown[POLICY_SHOWN_SIZE];

    policy_value_shown(value, shown);
    print_escape(shown[0] != '\0' ? shown : "-", ret, SPOKEN_SIZE);
    return ret;
}

/* "lock_seconds: 30 -> 60, ...": as the audit log shows it; "" when nothing differs. */
static void describe(const struct policy *before, const struct policy *after, char *ret, size_t size)
{
    size_t used = 0;

    ret[0] = '\0';
    for (size_t i = 0; i < POLICY_COUNT && used < size; i++) {
        char old[POLICY_VALUE_SIZE], new[POLICY_VALUE_SIZE], from[SPOKEN_SIZE], to[SPOKEN_SIZE];
        struct policy_setting setting;

        policy_setting_at(i, &setting);
        policy_value_at(before, i, old);
        policy_value_at(after, i, new);
        if (strcmp(old, new) != 0)
            used += (size_t)snprintf(ret + used, size - used, "%s%s: %s -> %s",
                                     used > 0 ? ", " : "", setting.key, speak(old, from), speak(new, to));
    }
}

static enum store_result write_settings(struct tool *tool, const struct policy *policy,
                                        const struct policy_wish *wish)
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
static enum status make(struct tool *tool, const struct policy_wish *wish)
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

static enum status carry_out(struct tool *tool, const struct policy_wish *wish)
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

enum status policy_wish_make(struct tool *tool, const struct policy_wish *wish)
{
    struct policy policy = tool->policy, before = policy;
    char detail[DETAIL_SIZE];
    bool dry = tool_has(tool, OPTION_DRY_RUN);
    enum status status = judge(wish, &policy);

    if (status == GO_ON)
        status = policy_check_host(wish, &policy);
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
        return policy_answer(tool, &before, wish->wanted);
    }
    if (detail[0] == '\0')
        puts("The policy has these values already; nothing was changed.");
    else
        printf("%s%s%s\n", dry ? "Would change " : "", detail, dry ? "; nothing was changed." : "");
    return STATUS_DONE;
}
