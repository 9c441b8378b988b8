/*
 * users create. Nothing is made before it is clear that every value is valid and free; the password
 * is hashed before the transaction begins.
 */
#include "create.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change/answer_targets.h"
#include "change/change.h"
#include "change/handover.h"
#include "change/lock.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "host/home.h"
#include "host/login_defs.h"
#include "host/names.h"
#include "host/subids.h"
#include "host/trusted.h"
#include "sql/account.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "sql/store_fleet.h"
#include "sql/store_keys.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/print.h"
#include "terminal/say.h"
#include "create_fleet.h"
#include "newcomer.h"
#include "newcomer_home.h"
#include "username.h"

/* -- taken -------------------------------------------------------------------------------- */

static bool is_role_group(uint32_t id)
{
    return id == role_gid(ROLE_ADMIN) || id == role_gid(ROLE_MEMBER) ||
           id == role_gid(ROLE_AUDITOR);
}

/* What --force permits. */
static enum status check_meaning(uint32_t uid)
{
    char path[ACCOUNT_PATH_SIZE];

    if (host_uid_is_subordinate(uid))
        return tool_refuse_as(KIND_RESERVED, "uid", NULL, "uid %u is in this machine's range of subordinate ids "
                           "(subuid(5)); choose another, or use --force", uid);
    if (trusted_find(NULL, uid, path, sizeof path))
        return tool_refuse_as(KIND_RESERVED, "uid", NULL,
                              "%s has a rule for the id %u, which the user would get; choose another uid, or "
                           "use --force", path, uid);
    return GO_ON;
}

static enum status check_host(const struct tool *tool, const struct account *account)
{
    enum status status;

    if (account->uid == 0)
        return GO_ON;
    if (is_role_group(account->uid))
        return tool_refuse_as(KIND_TAKEN, "uid", NULL, "uid %u is taken by a role group; choose another",
                           account->uid);
    status = tool_has(tool, OPTION_FORCE) ? GO_ON : check_meaning(account->uid);
    return status == GO_ON ? host_uid_is_free(account->uid) : status;
}

static enum status check_store(struct tool *tool, const struct account *account)
{
    enum status status;
    char what[32];

    if (tool->store == NULL)
        return GO_ON;
    status = newcomer_email_status(tool, store_email_is_free(tool->store, account->email), account->email);
    if (status != GO_ON || account->uid == 0)
        return status;
    snprintf(what, sizeof what, "uid %u", account->uid);
    return tool_store_status(tool, store_uid_is_free(tool->store, account->uid), what);
}

static bool is_usable(uint32_t uid)
{
    return account_uid_fault(uid) == NULL && !is_role_group(uid) && !host_has_id(uid);
}

/* The next id of policy's range that the host has not got either. */
static enum status find_uid(struct tool *tool, const struct id_ranges *subordinate, uint32_t *ret)
{
    uint32_t min = (uint32_t)tool->policy.uid_min, max = (uint32_t)tool->policy.uid_max;
    enum store_result result = STORE_OK;
    uint32_t uid;

    for (;;) {
        uid = min;
        if (tool->store != NULL)
            result = store_next_uid(tool->store, min, max, &uid);
        if (result == STORE_NOT_FOUND || uid > max)
            return tool_refuse_as(KIND_TAKEN, "uid", NULL,
                                  "policy's range of ids is used up, but for subordinate ids if it has "
                               "some (subuid(5)); give one with --uid");
        if (result != STORE_OK)
            return tool_store_status(tool, result, "the next id");
        min = host_subordinates_beyond(subordinate, uid);
        if (min == uid && is_usable(uid))
            break;
        min += min == uid;
    }
    *ret = uid;
    return GO_ON;
}

/* Without --uid. */
static enum status choose_uid(struct tool *tool, struct account *ret)
{
    struct id_ranges subordinate = { NULL, 0 };
    enum status status = GO_ON;

    if (ret->uid == 0 && !host_subordinates_read(&subordinate))
        status = tool_refuse(STATUS_FAILED, "cannot read which ids are subordinate ones: %s; nothing was created",
                             strerror(errno));
    if (ret->uid == 0 && status == GO_ON) {
        status = find_uid(tool, &subordinate, &ret->uid);
        ret->gid = ret->uid;
    }
    free(subordinate.ranges);
    return status;
}

/* What is not known before the policy and the id. */
static enum status settle(struct tool *tool, struct account *account)
{
    enum status status = choose_uid(tool, account);

    return status == GO_ON ? newcomer_check_home(tool, account) : status;
}

/* -- making ------------------------------------------------------------------------------- */

static enum status add_keys(struct tool *tool, const struct newcomer *newcomer)
{
    const struct account *account = &newcomer->account;
    char names[SSH_KEYS_NAMES_SIZE];
    enum status status = tool_store_status(tool, store_keys_add(tool->store, account->uid, &newcomer->keys, tool->now),
                                           account->username);

    ssh_key_set_names(&newcomer->keys, names);
    return status == GO_ON ? change_append(tool, "key-add", account, account, names) : status;
}

static enum status insert(struct tool *tool, const struct newcomer *newcomer)
{
    const struct account *account = &newcomer->account;
    enum status status = change_begin(tool);

    if (status == GO_ON)
        status = tool_store_status(tool, store_account_insert(tool->store, account),
                                   account->username);
    if (status == GO_ON)
        status = change_append(tool, "create", NULL, account, NULL);
    if (status == GO_ON && newcomer->keys.count > 0)
        status = add_keys(tool, newcomer);
    if (status == GO_ON)
        status = change_end(tool, NULL, account);
    store_rollback(tool->store);
    return status;
}

/* All settled, and the tool lock. NSS is asked whose the id is and the home looked at before it: whoever was
 * faster with the id has made an account, so that this ends. */
static enum status lock_settled(struct tool *tool, struct account *account)
{
    const uint32_t given = account->uid;
    enum store_result result;
    enum status status;

    for (;;) {
        status = settle(tool, account);
        if (status == GO_ON)
            status = tool_lock(tool);
        if (status == GO_ON && !tool_has(tool, OPTION_FORCE))
            status = newcomer_check_shared(tool, account); /* another account may have the home by now */
        if (status != GO_ON || given != 0)
            return status;
        result = store_uid_is_free(tool->store, account->uid);
        if (result != STORE_TAKEN)
            return tool_store_status(tool, result, account->username);
        tool_unlock(tool);
        account->uid = 0;
    }
}

static char *answer_more(struct tool *tool, const struct change *change, const struct account *after)
{
    return handover_make_object(tool, after, change->own);
}

/* The account as a change of it answers. password: NULL: none, or a dry run. */
static void answer(struct tool *tool, const struct account *account, char *password)
{
    struct target target = { .before = *account, .after = *account, .due = true,
                             .changed = !tool_has(tool, OPTION_DRY_RUN) };
    const struct targets targets = { .list = &target, .count = 1 };
    const struct change change = { .among = &targets, .own = password, .more = answer_more };

    answer_targets(tool, &change);
    explicit_bzero(&target, sizeof target);
}

static enum status make(struct tool *tool, struct newcomer *newcomer)
{
    struct account *account = &newcomer->account;
    enum status status = newcomer_make_password(tool, newcomer);

    if (status == GO_ON)
        status = lock_settled(tool, account);
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = insert(tool, newcomer);
    tool_unlock(tool); /* a hand-over that nobody reads holds up nobody else */
    if (status == GO_ON)
        record_event(tool, "create", account);
    if (status == GO_ON && !tool_has(tool, OPTION_NO_CREATE_HOME))
        home_make(tool, account);
    if (status == GO_ON && !account->service && !tool_has(tool, OPTION_NO_SUBIDS))
        subids_give(tool, &(struct subid_owner){ .name = account->username, .uid = account->uid }, 1);
    if (status == GO_ON)
        newcomer_note_no_way(newcomer);
    if (status == GO_ON && answer_is_json())
        answer(tool, account, newcomer->password[0] != '\0' ? newcomer->password : NULL);
    else if (status == GO_ON)
        handover_print(tool, account, newcomer->password[0] != '\0' ? newcomer->password : NULL);
    change_release_signals();
    return status;
}

static enum status preview(struct tool *tool, struct account *account)
{
    enum status status = settle(tool, account);

    if (status != GO_ON)
        return status;
    account->created_at = tool->now;
    if (!answer_is_json())
        print_account_row(tool, account, stdout);
    answer_hear();
    if (!account->service && !tool_has(tool, OPTION_NO_SUBIDS))
        subids_preview_give(1, stdout);
    printf("Would create %s with uid %u; nothing was changed.\n", account->username, account->uid);
    answer(tool, account, NULL);
    return STATUS_DONE;
}

static enum status open_and_check(struct tool *tool, const char *username)
{
    enum status status = tool_open(tool);

    return status == GO_ON && tool->store != NULL ? username_check_store(tool, username) : status;
}

/* The store first, for NSS knows our users, too; but what this machine refuses makes no store. */
static enum status check_name(struct tool *tool, const char *username, bool early)
{
    enum status status = early ? open_and_check(tool, username) : GO_ON;

    return status == GO_ON ? username_check_host(tool, username) : status;
}

/* Whoever is asked for more is told before that the name will not do. */
static enum status read_all(struct tool *tool, struct newcomer *newcomer, bool early)
{
    enum status status = newcomer_read_name(tool, newcomer);
    bool asks = newcomer_asks_email(tool);

    if (status == GO_ON && asks)
        status = check_name(tool, newcomer->account.username, early);
    if (status == GO_ON)
        status = newcomer_read(tool, newcomer);
    if (status == GO_ON && !asks)
        status = check_name(tool, newcomer->account.username, early);
    return status;
}

/* The fleet could give this id to somebody at any time. */
static enum status check_here(const struct tool *tool, const struct account *account)
{
    const struct policy *policy = &tool->policy;
    struct fleet fleet;

    if (account->uid < policy->fleet_uid_min || account->uid > policy->fleet_uid_max || tool_has(tool, OPTION_FORCE) ||
        tool->store == NULL || store_fleet(tool->store, &fleet) != STORE_OK)
        return GO_ON;
    return tool_refuse_as(KIND_INVALID, "uid", NULL, "uid %u is of the fleet's range, %lld to %lld, from which an account of here has "
                          "none; choose another, leave --here out, or use --force", account->uid, (long long)policy->fleet_uid_min,
                          (long long)policy->fleet_uid_max);
}

static enum status create(struct tool *tool, struct newcomer *newcomer)
{
    bool early = access(PRIVATE_DIR "/accounts.db", F_OK) == 0;
    enum status status = read_all(tool, newcomer, early);

    if (status == GO_ON)
        status = check_host(tool, &newcomer->account);
    if (status == GO_ON && !early)
        status = open_and_check(tool, newcomer->account.username);
    if (status == GO_ON)
        status = check_store(tool, &newcomer->account);
    if (status == GO_ON)
        status = newcomer_complete(tool, &newcomer->account);
    if (status != GO_ON)
        return status;
    newcomer->account.created_at = tool->now;
    if (create_fleet_is_meant(tool))
        return create_fleet(tool, newcomer);
    status = check_here(tool, &newcomer->account);
    if (status != GO_ON)
        return status;
    return tool_has(tool, OPTION_DRY_RUN) ? preview(tool, &newcomer->account)
                                          : make(tool, newcomer);
}

enum status users_create(struct tool *tool)
{
    struct newcomer newcomer;
    enum status status;

    memset(&newcomer, 0, sizeof newcomer);
    status = create(tool, &newcomer);
    ssh_key_set_free(&newcomer.keys);
    explicit_bzero(&newcomer, sizeof newcomer);
    return status == GO_ON ? STATUS_DONE : status;
}
