/*
 * The rules of users create, for many accounts at once: free in the store, on this machine and in
 * the file itself. Each answer is a reason to be told with its line.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/group_ids.h"
#include "host/home_owner.h"
#include "host/login_defs.h"
#include "host/shell.h"
#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/ascii.h"
#include "sql/primary_group.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "claims.h"
#include "host.h"
#include "record.h"
#include "make_fleet.h"
#include "trust.h"

enum { HOMES_AT_ONCE = 64 };

static bool refuse(char ret_reason[IMPORT_REASON_SIZE], const char *what, const char *value,
                   const char *why)
{
    snprintf(ret_reason, IMPORT_REASON_SIZE, "%s%s%s", what, value, why);
    return false;
}

/* -- this machine ------------------------------------------------------------------------- */

/* Is it the account's primary group, of the same name and another id? */
static bool is_own_primary(const struct claim *group, const struct account *account)
{
    return !account_has_private_group(account) && group->number == account->gid;
}

static bool check_new_on_host(const struct import_batch *batch, const struct account *account,
                              const char *id, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct claims *claims = &batch->claims;
    const struct claim *group = claims_find(claims, CLAIM_GROUP, account->username);

    if (claims_find(claims, CLAIM_USER, account->username) != NULL)
        return refuse(ret_reason, account->username, "", " is taken by a user of this machine");
    if (group != NULL && !is_own_primary(group, account))
        return refuse(ret_reason, account->username, "", " is taken by a group of this machine");
    if (claims_find(claims, CLAIM_UID, id) != NULL)
        return refuse(ret_reason, "uid ", id, " is taken by a user of this machine");
    if (claims_find(claims, CLAIM_GID, id) != NULL)
        return refuse(ret_reason, "uid ", id, " is taken by a group of this machine");
    if (claims_find(claims, CLAIM_PRIMARY, id) != NULL)
        return refuse(ret_reason, "uid ", id, " is the primary group of a user of this machine");
    if (batch->asks_remote && import_host_knows(account->username, account->uid))
        return refuse(ret_reason, account->username, "",
                      " or its uid is taken by a user or group of this machine");
    if (account->uid != 0 && !tool_has(batch->tool, OPTION_FORCE) &&
        host_subordinates_have(&batch->subordinate, account->uid))
        return refuse(ret_reason, "uid ", id, " is in this machine's range of subordinate ids "
                      "(subuid(5)); use another, or --force");
    return true;
}

/* A local account is itself no obstacle, nor is its private group. One with another primary group will have no
 * private one that could be in anybody's way. */
static bool check_staged_on_host(const struct import_batch *batch, const struct account *account,
                                 const char *id, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct claim *group = claims_find(&batch->claims, CLAIM_GROUP, account->username);
    const struct claim *user_of_id = claims_find(&batch->claims, CLAIM_UID, id);
    const struct claim *group_of_id = claims_find(&batch->claims, CLAIM_GID, id);

    if (group != NULL && group->number != account->uid && account_has_private_group(account))
        return refuse(ret_reason, "the group of this name has another id than uid ", id,
                      "; change it with groupmod(8)");
    if (user_of_id != NULL &&
        (user_of_id->shared || strcmp(user_of_id->holder, account->username) != 0))
        return refuse(ret_reason, "uid ", id, " is another user's, too");
    if (group_of_id != NULL && account_has_private_group(account) &&
        (group_of_id->shared || strcmp(group_of_id->holder, account->username) != 0))
        return refuse(ret_reason, "gid ", id, " is another group's and not a private one");
    return true;
}

static bool is_role_group(uint32_t id)
{
    return id == role_gid(ROLE_ADMIN) || id == role_gid(ROLE_MEMBER) ||
           id == role_gid(ROLE_AUDITOR);
}

/* -- the hash ----------------------------------------------------------------------------- */

/* More different costs than any file of hashes has: each is tried once, and takes its time. */
enum { TRIED_MAX = 64 };

/* Tried once for all hashes of the same method and cost, within limits: every attempt at a login would cost as
 * much. */
bool import_check_hash(struct import_batch *batch, const struct account *account, char ret_reason[IMPORT_REASON_SIZE])
{
    char parameters[ACCOUNT_HASH_SIZE];
    const struct claim *tried;

    if (account->hash[0] == '\0')
        return true;
    if (credential_form(account->hash) == CREDENTIAL_WEAK)
        import_batch_note(batch, account->username, "has a hash of a weak method (crypt(5)); it is "
                          "renewed at the next login");
    snprintf(parameters, sizeof parameters, "%.*s",
             (int)credential_parameters_length(account->hash), account->hash);
    tried = claims_find(&batch->claims, CLAIM_HASHING, parameters);
    if (tried == NULL && batch->tried++ >= TRIED_MAX)
        return refuse(ret_reason, "the password_hash is of yet another method or cost, and 64 different ones "
                      "are tried at most; import it by itself", "", "");
    if (tried == NULL)
        tried = claims_add(&batch->claims, CLAIM_HASHING, parameters,
                           credential_is_affordable(account->hash), "");
    if (tried != NULL && tried->number == 1)
        return true;
    return refuse(ret_reason, "the password_hash cannot be computed here, or costs more than 20 times one of "
                  "the preferred method, or 192 MiB: every attempt to log in would; import it without", "", "");
}

/* -- the file itself ---------------------------------------------------------------------- */

/* Who claims: its line, or its place where there are no lines. */
static size_t row_number(const struct import_batch *batch, size_t line)
{
    return line != 0 ? line : batch->count + 1;
}

static bool claim(struct import_batch *batch, enum claim_kind kind, const char *key, size_t number,
                  char ret_reason[IMPORT_REASON_SIZE])
{
    const struct claim *claimed = batch->store_decides ? NULL : claims_add(&batch->claims, kind, key, number, "");

    if (batch->store_decides)
        return true;
    if (claimed == NULL)
        return refuse(ret_reason, "not enough memory", "", "");
    if (claimed->number == number)
        return true;
    if (batch->source == NULL)
        return refuse(ret_reason, key, "", " is there twice");
    snprintf(ret_reason, IMPORT_REASON_SIZE, "%s is on line %zu already", key,
             (size_t)claimed->number);
    return false;
}

bool import_claim_record(struct import_batch *batch, const struct account *account, size_t line,
                         char ret_reason[IMPORT_REASON_SIZE])
{
    char id[16], email[ACCOUNT_EMAIL_SIZE] = "";
    size_t number = row_number(batch, line);

    snprintf(id, sizeof id, "%u", account->uid);
    for (size_t i = 0; i < sizeof email; i++)
        email[i] = ascii_lower(account->email[i]);
    return claim(batch, CLAIM_ROW_NAME, account->username, number, ret_reason) &&
           (email[0] == '\0' || claim(batch, CLAIM_ROW_EMAIL, email, number, ret_reason)) &&
           (account->uid == 0 || claim(batch, CLAIM_ROW_UID, id, number, ret_reason));
}

/* -- homes: what --force permits ---------------------------------------------------------- */

/* Nobody else on this machine or in the store has it, as far as it is claimed by now. */
static bool check_shared(const struct import_batch *batch, const char *username, const char *home,
                         char ret_reason[IMPORT_REASON_SIZE])
{
    const struct claim *claim = claims_find(&batch->claims, CLAIM_HOME, home);
    bool own = claim != NULL && strcmp(claim->holder, username) == 0;

    if (claim == NULL || (own && !claim->shared) || home_is_nobodys(home))
        return true;
    snprintf(ret_reason, IMPORT_REASON_SIZE, "%.300s is the home of %s, too: each could change what "
             "the other runs; use another, or --force", home, own ? "another user" : claim->holder);
    return false;
}

static bool claim_home(struct import_batch *batch, const char *home, size_t line, char ret_reason[IMPORT_REASON_SIZE])
{
    size_t number = row_number(batch, line);
    bool unasked = batch->store_decides || home_is_nobodys(home);
    const struct claim *claimed = unasked ? NULL : claims_add(&batch->claims, CLAIM_ROW_HOME, home, number, "");

    if (unasked || (claimed != NULL && claimed->number == number))
        return true;
    if (claimed == NULL)
        return refuse(ret_reason, "not enough memory", "", "");
    if (batch->source == NULL)
        snprintf(ret_reason, IMPORT_REASON_SIZE, "%.300s is the home of two: each could change what "
                 "the other runs; see usermod(8), or use --force", home);
    else
        snprintf(ret_reason, IMPORT_REASON_SIZE, "the home %.300s is on line %zu already: each could "
                 "change what the other runs; use another, or --force", home,
                 (size_t)claimed->number);
    return false;
}

bool import_claim_home(struct import_batch *batch, const struct account *account, size_t line,
                       char ret_reason[IMPORT_REASON_SIZE])
{
    return check_shared(batch, account->username, account->home, ret_reason) &&
           claim_home(batch, account->home, line, ret_reason);
}

/* A local account has the home that it has; but it must not be another's. */
static bool check_home(struct import_batch *batch, const struct import_record *record,
                       enum row_kind kind, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct account *account = &record->account;
    char why[HOME_REASON_SIZE];
    enum home_owner owner = home_judge(account->home, account->uid, why);

    if (owner == HOME_ABSENT || owner == HOME_OWN)
        return import_claim_home(batch, account, record->line, ret_reason);
    if (kind != ROW_NEW && owner != HOME_OTHERS)
        return true;
    snprintf(ret_reason, IMPORT_REASON_SIZE, "%.350s; what is in a home runs as its user: use "
             "another, or --force", why);
    return false;
}

bool import_check_record(struct import_batch *batch, const struct import_record *record,
                         enum row_kind kind, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct account *account = &record->account;
    const char *fault = host_shell_fault(account->shell);
    char id[16] = "";

    if (account->uid != 0)
        snprintf(id, sizeof id, "%u", account->uid);
    if (fault != NULL) {
        snprintf(ret_reason, IMPORT_REASON_SIZE, "the shell '%.64s' %s", account->shell, fault);
        return false;
    }
    if (is_role_group(account->uid))
        return refuse(ret_reason, "uid ", id, " is taken by a role group");
    if (batch->fleet && !make_fleet_takes(batch, account, ret_reason))
        return false;
    if (!batch->fleet && record->scopes[0] != '\0')
        return refuse(ret_reason, "scopes are the fleet's, and this account would be of here", "", "");
    if (!account_has_private_group(account) && !group_ids_have(&batch->local_groups, account->gid)) {
        snprintf(ret_reason, IMPORT_REASON_SIZE, "its primary group %u is not in /etc/group: make it with 'groupadd "
                 "-g %u NAME' first", account->gid, account->gid);
        return false;
    }
    if (!(kind == ROW_NEW ? check_new_on_host(batch, account, id, ret_reason)
                          : check_staged_on_host(batch, account, id, ret_reason)))
        return false;
    return import_check_hash(batch, account, ret_reason) &&
           import_claim_record(batch, account, record->line, ret_reason) &&
           (tool_has(batch->tool, OPTION_FORCE) ||
            (import_check_trust(batch, account, kind, ret_reason) &&
             check_home(batch, record, kind, ret_reason)));
}

/* -- the store ---------------------------------------------------------------------------- */

static bool is_ours_already(struct import_batch *batch, const struct import_row *row)
{
    struct account account;
    bool ours = store_account_by_uid(batch->tool->store, row->uid, &account) == STORE_OK &&
                strcmp(account.username, import_row_name(row)) == 0;

    explicit_bzero(&account, sizeof account);
    return ours;
}

enum status import_claim_homes(struct import_batch *batch)
{
    struct account *page = calloc(HOMES_AT_ONCE, sizeof *page);
    enum store_result result = page != NULL ? STORE_OK : STORE_FAILED;
    size_t count = 1;
    uint32_t after = 0;
    bool good = page != NULL;

    while (good && count > 0 && result == STORE_OK) {
        result = store_accounts_page(batch->tool->store, after, page, HOMES_AT_ONCE, &count);
        for (size_t i = 0; result == STORE_OK && good && i < count; i++) {
            good = claims_add(&batch->claims, CLAIM_HOME, page[i].home, 0, page[i].username) != NULL;
            after = page[i].uid;
        }
    }
    if (page != NULL)
        explicit_bzero(page, HOMES_AT_ONCE * sizeof *page);
    free(page);
    return good ? tool_store_status(batch->tool, result, "the store")
                : tool_refuse(STATUS_FAILED, "not enough memory; nothing was imported");
}

/* Behind username, e-mail address and full name. */
static const char *row_home(const struct import_row *row)
{
    const char *text = row->texts;

    for (int i = 0; i < 3; i++)
        text += strlen(text) + 1;
    return text;
}

/* OK, or why not; *ret_what is taken. */
static enum store_result find_taken(struct store *store, const struct import_row *row,
                                    char *ret_what, size_t size)
{
    const char *email = row->texts + strlen(row->texts) + 1;
    enum store_result result = row->returns ? STORE_OK : store_name_is_free(store, import_row_name(row));

    snprintf(ret_what, size, "%s", import_row_name(row));
    if (result == STORE_OK && !row->inherits) {
        result = store_email_is_free(store, email);
        snprintf(ret_what, size, "%s", email);
    }
    if (result == STORE_OK && row->uid != 0 && !row->returns) {
        result = store_uid_is_free(store, row->uid);
        snprintf(ret_what, size, "uid %u", row->uid);
    }
    return result;
}

static void explain_taken(struct store *store, const char *what, char ret_reason[IMPORT_REASON_SIZE])
{
    struct account heir = { 0 };
    enum store_result result = store_account_by_former_name(store, what, &heir);

    explicit_bzero(heir.hash, sizeof heir.hash);
    if (result == STORE_OK)
        snprintf(ret_reason, IMPORT_REASON_SIZE, "%s is the former name of %s; names are never used again", what,
                 heir.username);
    else
        refuse(ret_reason, what, "", strchr(what, '@') != NULL ? " is another account's e-mail address"
                                                               : " is taken by an account or a deleted one");
}

enum store_result import_check_row(struct import_batch *batch, struct import_row *row,
                                   char ret_reason[IMPORT_REASON_SIZE])
{
    char what[ACCOUNT_EMAIL_SIZE];
    enum store_result result;

    if (batch->tool->store == NULL || row->kind == ROW_CHANGE)
        return STORE_OK;
    if (row->kind == ROW_STAGED && is_ours_already(batch, row)) {
        row->kind = ROW_OURS;
        return STORE_OK;
    }
    row->returns = row->kind == ROW_STAGED &&
                   store_went_to_passwd(batch->tool->store, import_row_name(row), row->uid) == STORE_OK;
    result = find_taken(batch->tool->store, row, what, sizeof what);
    if (result == STORE_TAKEN)
        explain_taken(batch->tool->store, what, ret_reason);
    else if (result == STORE_OK && row->kind == ROW_NEW && !tool_has(batch->tool, OPTION_FORCE) &&
             !check_shared(batch, import_row_name(row), row_home(row), ret_reason))
        result = STORE_TAKEN;
    return result;
}
