/*
 * What other settings do at once: accounts that fall asleep and passwords that grow old as they take effect.
 */
#include "policy_effect.h"

#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/hand_over.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"

enum { PAGE_SIZE = 64 };

struct effect {
    size_t dormant, too_old;     /* by the new settings, but not by the present ones */
    size_t admins, admins_after; /* active */
};

static void add_account(const struct account *account, const struct policy *present, const struct policy *policy,
                        int64_t now, struct effect *ret)
{
    enum account_state before = account_state(account, present, now);
    enum account_state after = account_state(account, policy, now);
    bool is_admin = (account->roles & ROLE_ADMIN) != 0;

    ret->dormant += before != ACCOUNT_STATE_DORMANT && after == ACCOUNT_STATE_DORMANT;
    ret->too_old += account_verdict(account, NULL, present, now) != VERDICT_TOO_OLD &&
                    account_verdict(account, NULL, policy, now) == VERDICT_TOO_OLD;
    ret->admins += is_admin && before == ACCOUNT_STATE_ACTIVE;
    ret->admins_after += is_admin && after == ACCOUNT_STATE_ACTIVE;
}

static enum status look(const struct tool *tool, const struct policy *policy, struct account *page,
                        struct effect *ret)
{
    enum status status = GO_ON;
    size_t count = PAGE_SIZE;

    for (uint32_t after = 0; status == GO_ON && count == PAGE_SIZE; after = page[PAGE_SIZE - 1].uid) {
        status = tool_store_status(tool, store_accounts_page(tool->store, after, page, PAGE_SIZE, &count), "the list");
        for (size_t i = 0; status == GO_ON && i < count; i++)
            add_account(&page[i], &tool->policy, policy, tool->now, ret);
    }
    return status;
}

static void tell(const struct effect *effect)
{
    if (effect->dormant > 0)
        tool_refuse(GO_ON, "note: %zu account%s dormant at once%s; 'admin-tool users list --status dormant' "
                    "lists them, 'admin-tool users activate NAME' wakes one", effect->dormant,
                    effect->dormant == 1 ? " becomes" : "s become",
                    effect->admins > 0 && effect->admins_after == 0 ? ", and no active Admin is left" : "");
    if (effect->too_old > 0)
        tool_refuse(GO_ON, "note: %zu password%s too old at once, to be changed at the next login", effect->too_old,
                    effect->too_old == 1 ? " becomes" : "s become");
}

static void tell_of_text(const char *present, const char *text)
{
    if (text[0] != '\0' && strcmp(present, text) != 0 && !hand_over_holds(text, HAND_OVER_PASSWORD))
        tool_refuse(GO_ON, "note: hand_over_text has no {password}; the usual lines about the password follow it");
}

enum status policy_effect_tell(const struct tool *tool, const struct policy *policy)
{
    struct effect effect = { 0 };
    struct account *page;
    enum status status;

    tell_of_text(tool->policy.hand_over_text, policy->hand_over_text);
    if (tool->store == NULL || (policy->dormant_days == tool->policy.dormant_days &&
                                policy->password_max_days == tool->policy.password_max_days))
        return GO_ON;
    page = calloc(PAGE_SIZE, sizeof *page);
    if (page == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
    status = look(tool, policy, page, &effect);
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    if (status == GO_ON)
        tell(&effect);
    return status;
}
