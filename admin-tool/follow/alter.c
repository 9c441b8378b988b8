/*
 * Differences written as the verbs write theirs: the facts, the roles, the password, the keys, each with its event.
 */
#include "alter.h"

#include <string.h>

#include "import/key_difference.h"
#include "sql/account.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_changes.h"
#include "sql/store_fleet_held.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "applying.h"

/* -- name --------------------------------------------------------------------------------- */

/* The former one is nobody else's: the schema remembers it. What bears it here follows with the sweep. */
static enum store_result write_name(struct applying *applying, const char *actor, const struct account *wanted,
                                    struct account *account)
{
    struct store *store = applying->tool->store;
    struct account before = *account;
    enum store_result result;

    memcpy(account->username, wanted->username, sizeof account->username);
    memcpy(account->home, wanted->home, sizeof account->home);
    result = store_account_rename(store, account->uid, account->username, account->home);
    if (result == STORE_OK)
        result = applying_note(applying, actor, "rename", &before, account, NULL);
    if (result == STORE_OK)
        result = store_fleet_sweep_due(store, &before, false);
    explicit_bzero(&before, sizeof before);
    return result;
}

/* -- facts -------------------------------------------------------------------------------- */

static bool differs_in_facts(const struct account *a, const struct account *b)
{
    return strcmp(a->email, b->email) != 0 || strcmp(a->full_name, b->full_name) != 0 || strcmp(a->home, b->home) != 0 ||
           strcmp(a->shell, b->shell) != 0 || a->expires_at != b->expires_at;
}

static void take_facts(struct account *ret, const struct account *wanted)
{
    memcpy(ret->email, wanted->email, sizeof ret->email);
    memcpy(ret->full_name, wanted->full_name, sizeof ret->full_name);
    memcpy(ret->home, wanted->home, sizeof ret->home);
    memcpy(ret->shell, wanted->shell, sizeof ret->shell);
    ret->expires_at = wanted->expires_at;
}

static enum store_result write_facts(struct store *store, const struct account *before, const struct account *after)
{
    enum store_result result = store_account_edit(store, after);

    if (result == STORE_OK && strcmp(before->home, after->home) != 0)
        result = store_account_rename(store, after->uid, after->username, after->home);
    return result;
}

/* -- password ----------------------------------------------------------------------------- */

static bool differs_in_password(const struct account *a, const struct account *b)
{
    return strcmp(a->hash, b->hash) != 0 || a->temporary != b->temporary || a->temporary_until != b->temporary_until;
}

static void take_password(struct account *ret, const struct account *wanted, int64_t now)
{
    if (strcmp(ret->hash, wanted->hash) != 0 || wanted->password_changed_at != 0)
        ret->password_changed_at = wanted->password_changed_at != 0 ? wanted->password_changed_at : now;
    memcpy(ret->hash, wanted->hash, sizeof ret->hash);
    ret->temporary = wanted->temporary;
    ret->temporary_until = wanted->temporary_until;
}

static const char *password_event(const struct account *before, const struct account *after)
{
    if (after->temporary && strcmp(before->hash, after->hash) == 0)
        return "require-change";
    return after->temporary ? "reset-password" : "password changed";
}

/* -- all of it ---------------------------------------------------------------------------- */

enum store_result alter_account(struct applying *applying, const char *actor, const struct account *wanted,
                                struct account *account)
{
    struct tool *tool = applying->tool;
    struct account before;
    enum store_result result = STORE_OK;

    if (strcmp(account->username, wanted->username) != 0)
        result = write_name(applying, actor, wanted, account);
    before = *account;
    if (result == STORE_OK && differs_in_facts(account, wanted)) {
        take_facts(account, wanted);
        result = write_facts(tool->store, &before, account);
        if (result == STORE_OK)
            result = applying_note(applying, actor, "edit", &before, account, NULL);
        before = *account;
    }
    if (result == STORE_OK && account->roles != wanted->roles) {
        account->roles = wanted->roles;
        result = store_account_set_roles(tool->store, account->uid, account->roles);
        if (result == STORE_OK)
            result = applying_note(applying, actor, "edit-roles", &before, account, NULL);
        before = *account;
    }
    if (result == STORE_OK && differs_in_password(account, wanted)) {
        take_password(account, wanted, tool->now);
        result = store_account_set_password(tool->store, account->uid, account->hash, account->temporary,
                                            account->temporary_until, account->password_changed_at);
        if (result == STORE_OK)
            result = applying_note(applying, actor, password_event(&before, account), &before, account, NULL);
    }
    explicit_bzero(&before, sizeof before);
    return result;
}

/* -- keys --------------------------------------------------------------------------------- */

static enum store_result write_keys(struct applying *applying, const char *actor, const struct account *account,
                                    const struct key_difference *keys)
{
    struct store *store = applying->tool->store;
    char names[SSH_KEYS_NAMES_SIZE];
    enum store_result result = STORE_OK;

    if (!keys->fits)
        return STORE_REFUSED;
    if (keys->gone[0] != '\0')
        result = key_difference_remove(store, account->uid, keys);
    if (result == STORE_OK && keys->gone[0] != '\0')
        result = applying_note(applying, actor, "key-remove", account, account, keys->gone);
    if (result != STORE_OK || keys->come.count == 0)
        return result;
    ssh_key_set_names(&keys->come, names);
    result = store_keys_add(store, account->uid, &keys->come, applying->tool->now);
    return result == STORE_OK ? applying_note(applying, actor, "key-add", account, account, names) : result;
}

enum store_result alter_keys(struct applying *applying, const char *actor, const struct account *account, const char *keys)
{
    struct key_difference difference;
    enum store_result result = key_difference_find(applying->tool->store, account->uid, keys != NULL ? keys : "", true,
                                                   &difference);

    if (result == STORE_OK)
        result = write_keys(applying, actor, account, &difference);
    key_difference_free(&difference);
    return result;
}
