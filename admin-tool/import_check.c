/*
 * The rules of users create, for many accounts at once: free in the store, on this machine and in
 * the file itself. Each answer is a reason to be told with its line.
 */
#include <ctype.h>
#include <string.h>

#include "import.h"

static bool refuse(char ret_reason[IMPORT_REASON_SIZE], const char *what, const char *value,
                   const char *why)
{
    snprintf(ret_reason, IMPORT_REASON_SIZE, "%s%s%s", what, value, why);
    return false;
}

/* -- this machine ------------------------------------------------------------------------- */

static bool check_new_on_host(const struct import_batch *batch, const struct account *account,
                              const char *id, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct claims *claims = &batch->claims;

    if (claims_find(claims, CLAIM_USER, account->username) != NULL)
        return refuse(ret_reason, account->username, "", " is taken by a user of this machine");
    if (claims_find(claims, CLAIM_GROUP, account->username) != NULL)
        return refuse(ret_reason, account->username, "", " is taken by a group of this machine");
    if (claims_find(claims, CLAIM_UID, id) != NULL)
        return refuse(ret_reason, "uid ", id, " is taken by a user of this machine");
    if (claims_find(claims, CLAIM_GID, id) != NULL)
        return refuse(ret_reason, "uid ", id, " is taken by a group of this machine");
    if (batch->asks_remote && import_host_knows(account->username, account->uid))
        return refuse(ret_reason, account->username, "",
                      " or its uid is taken by a user or group of this machine");
    if (account->uid != 0 && host_subordinates_have(&batch->subordinate, account->uid))
        return refuse(ret_reason, "uid ", id, " is in this machine's range of subordinate ids "
                      "(subuid(5))");
    return true;
}

/* A local account is itself no obstacle, nor is its private group. */
static bool check_staged_on_host(const struct import_batch *batch, const struct account *account,
                                 const char *id, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct claim *group = claims_find(&batch->claims, CLAIM_GROUP, account->username);
    const struct claim *user_of_id = claims_find(&batch->claims, CLAIM_UID, id);
    const struct claim *group_of_id = claims_find(&batch->claims, CLAIM_GID, id);

    if (group != NULL && group->number != account->uid)
        return refuse(ret_reason, "the group of this name has another id than uid ", id,
                      "; change it with groupmod(8)");
    if (user_of_id != NULL &&
        (user_of_id->shared || strcmp(user_of_id->holder, account->username) != 0))
        return refuse(ret_reason, "uid ", id, " is another user's, too");
    if (group_of_id != NULL &&
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

/* Tried once for all hashes of the same method and cost: such a one costs a login's time. */
static bool check_hash(struct import_batch *batch, const struct account *account,
                       char ret_reason[IMPORT_REASON_SIZE])
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
    if (tried == NULL)
        tried = claims_add(&batch->claims, CLAIM_HASHING, parameters,
                           credential_is_computable(account->hash), "");
    if (tried != NULL && tried->number == 1)
        return true;
    return refuse(ret_reason, "the password_hash is of a method or cost that crypt(3) "
                  "cannot compute here", "", "");
}

/* -- the file itself ---------------------------------------------------------------------- */

static bool claim(struct import_batch *batch, enum claim_kind kind, const char *key, size_t number,
                  char ret_reason[IMPORT_REASON_SIZE])
{
    const struct claim *claimed = claims_add(&batch->claims, kind, key, number, "");

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

static bool claim_all(struct import_batch *batch, const struct account *account, size_t line,
                      const char *id, char ret_reason[IMPORT_REASON_SIZE])
{
    char email[ACCOUNT_EMAIL_SIZE];
    size_t number = line != 0 ? line : batch->count + 1;

    for (size_t i = 0; i < sizeof email; i++)
        email[i] = (char)tolower((unsigned char)account->email[i]);
    return claim(batch, CLAIM_ROW_NAME, account->username, number, ret_reason) &&
           claim(batch, CLAIM_ROW_EMAIL, email, number, ret_reason) &&
           (account->uid == 0 || claim(batch, CLAIM_ROW_UID, id, number, ret_reason));
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
    if (!(kind == ROW_NEW ? check_new_on_host(batch, account, id, ret_reason)
                          : check_staged_on_host(batch, account, id, ret_reason)))
        return false;
    return check_hash(batch, account, ret_reason) &&
           claim_all(batch, account, record->line, id, ret_reason);
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

/* OK, or why not; *ret_what is taken. */
static enum store_result find_taken(struct store *store, const struct import_row *row,
                                    char *ret_what, size_t size)
{
    const char *email = row->texts + strlen(row->texts) + 1;
    enum store_result result = store_name_is_free(store, import_row_name(row));

    snprintf(ret_what, size, "%s", import_row_name(row));
    if (result == STORE_OK) {
        result = store_email_is_free(store, email);
        snprintf(ret_what, size, "%s", email);
    }
    if (result == STORE_OK && row->uid != 0) {
        result = store_uid_is_free(store, row->uid);
        snprintf(ret_what, size, "uid %u", row->uid);
    }
    return result;
}

enum store_result import_check_row(struct import_batch *batch, struct import_row *row,
                                   char ret_reason[IMPORT_REASON_SIZE])
{
    char what[ACCOUNT_EMAIL_SIZE];
    enum store_result result;

    if (batch->tool->store == NULL)
        return STORE_OK;
    if (row->kind == ROW_STAGED && is_ours_already(batch, row)) {
        row->kind = ROW_OURS;
        return STORE_OK;
    }
    result = find_taken(batch->tool->store, row, what, sizeof what);
    if (result == STORE_TAKEN)
        refuse(ret_reason, what, "", " is taken by an account or a deleted one");
    return result;
}
