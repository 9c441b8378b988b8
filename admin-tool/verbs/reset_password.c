/*
 * admin-tool reset-password: a new temporary password.
 */
#include "reset_password.h"

#include <string.h>

#include "change/change.h"
#include "change/handover.h"
#include "host/sessions.h"
#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_changes.h"
#include "terminal/command.h"
#include "terminal/say.h"

static enum store_result apply_reset(struct tool *tool, const struct change *change,
                                     const struct account *account)
{
    return store_account_set_password(tool->store, account->uid, change->hash, true,
                                      tool->now + tool->policy.temporary_hours * 3600, tool->now);
}

static void announce_reset(const struct tool *tool, const struct change *change, const struct account *account,
                           FILE *out)
{
    (void)tool;
    (void)change;
    if (account->service)
        fprintf(out, "%s is a service account, which is meant to have no password; this gives it one.\n",
                account->username);
    else if (account->hash[0] == '\0')
        fprintf(out, "%s has no password, only keys; this gives one.\n", account->username);
}

/* A new password opens nothing then. */
static void note_out(const struct tool *tool, const struct account *account)
{
    enum account_state state = account_state(account, &tool->policy, tool->now);

    if (state == ACCOUNT_STATE_EXPIRED)
        tool_refuse(GO_ON, "note: %s has expired; see 'admin-tool users edit %s --expires'", account->username,
                    account->username);
    else if (state != ACCOUNT_STATE_ACTIVE)
        tool_refuse(GO_ON, "note: %s is still %s; see 'admin-tool users activate'", account->username,
                    account_state_name(state));
}

static void finish_reset(struct tool *tool, const struct change *change,
                         const struct account *before, const struct account *after)
{
    handover_print(tool, after, change->password); /* first: it may be our own session that ends */
    note_out(tool, after);
    if (tool_has(tool, OPTION_END_SESSIONS))
        sessions_end(tool, before);
}

enum status reset_password(struct tool *tool)
{
    char password[CREDENTIAL_GENERATED_SIZE], hash[ACCOUNT_HASH_SIZE];
    const struct change change = {
        .event = "reset-password", .plan = "reset the password of", .asks = true,
        .password = password, .hash = hash, .apply = apply_reset, .finish = finish_reset,
        .announce = announce_reset,
    };
    enum status status;

    /* hashed before anything is locked: that takes longer than all the rest */
    if (credential_generate(password) && credential_hash(password, hash))
        status = change_account(tool, &change);
    else
        status = tool_refuse(STATUS_FAILED, "no password could be made; nothing was changed");
    explicit_bzero(password, sizeof password);
    explicit_bzero(hash, sizeof hash);
    return status;
}
