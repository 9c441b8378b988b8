/*
 * The judgement of root's half. Whoever writes in the tree may be anybody: an entry gets nothing here that this host's
 * administrator has not allowed it.
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/clash.h"
#include "host/home_owner.h"
#include "host/local_names.h"
#include "host/named_files.h"
#include "host/shell.h"
#include "import/check.h"
#include "import/claims.h"
#include "import/host.h"
#include "import/record.h"
#include "import/trust.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "sql/said.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "line.h"
#include "moving.h"

#define UNSURE "this machine's users could not be listed; it is tried again"

struct judging {
    struct tool *tool;
    struct batch *batch;
    bool knows_host;  /* batch->host has this machine's claims */
    bool asked_host;
    char login_shell[ACCOUNT_PATH_SIZE]; /* the last good one */
};

static bool refuse(char why[IMPORT_REASON_SIZE], const char *what)
{
    snprintf(why, IMPORT_REASON_SIZE, "%s", what);
    return false;
}

/* -- policy ------------------------------------------------------------------------------- */

static bool check_uid(const struct policy *policy, const struct account *account, char why[IMPORT_REASON_SIZE])
{
    int64_t uid = account->uid;

    if (uid < policy->fleet_uid_min || uid > policy->fleet_uid_max) {
        snprintf(why, IMPORT_REASON_SIZE, "uid %u is not in the fleet's range (policy fleet_uid_min, fleet_uid_max)", account->uid);
        return false;
    }
    if (uid >= policy->uid_min && uid <= policy->uid_max) {
        snprintf(why, IMPORT_REASON_SIZE, "uid %u is in this host's own range (policy uid_min, uid_max)", account->uid);
        return false;
    }
    if (account->gid != 0 && account->gid != account->uid)
        return refuse(why, "its gid is not its uid");
    return true;
}

static bool check_home(const struct policy *policy, const struct account *account, char why[IMPORT_REASON_SIZE])
{
    size_t length = strlen(policy->home_base);

    if (strstr(account->home, "//") != NULL || strstr(account->home, "/./") != NULL) {
        snprintf(why, IMPORT_REASON_SIZE, "its home '%.200s' holds '//' or '/./', by which it could be another's", account->home);
        return false;
    }
    if (strncmp(account->home, policy->home_base, length) == 0 && account->home[length] == '/')
        return true;
    snprintf(why, IMPORT_REASON_SIZE, "its home '%.200s' is not in %.200s (policy home_base)", account->home, policy->home_base);
    return false;
}

/* shells(5) */
static bool is_login_shell(struct judging *judging, const char *shell)
{
    const char *one;
    bool found = strcmp(judging->login_shell, shell) == 0;

    if (found)
        return true;
    setusershell();
    while (!found && (one = getusershell()) != NULL)
        found = strcmp(one, shell) == 0;
    endusershell();
    if (found)
        snprintf(judging->login_shell, sizeof judging->login_shell, "%s", shell);
    return found;
}

static bool check_shell(struct judging *judging, const struct account *account, char why[IMPORT_REASON_SIZE])
{
    const char *fault = host_shell_fault(account->shell);

    if (fault == NULL && !is_login_shell(judging, account->shell))
        fault = "is not in /etc/shells";
    if (fault != NULL)
        snprintf(why, IMPORT_REASON_SIZE, "the shell '%.200s' %s", account->shell, fault);
    return fault == NULL;
}

/* -- this machine ------------------------------------------------------------------------- */

/* Once for all of a batch. */
static bool ask_host(struct judging *judging)
{
    if (!judging->asked_host)
        judging->knows_host = import_host_read(&judging->batch->host) == GO_ON;
    judging->asked_host = true;
    return judging->knows_host;
}

/* An import's words go on with what its user could do. */
static void cut_advice(char why[IMPORT_REASON_SIZE])
{
    why[strcspn(why, ";")] = '\0';
}

static bool check_new(struct judging *judging, const struct account *account, char why[IMPORT_REASON_SIZE])
{
    struct import_record record = { .account = *account };
    bool good;

    if (!ask_host(judging))
        return refuse(why, UNSURE);
    good = import_check_record(&judging->batch->host, &record, ROW_NEW, why);
    explicit_bzero(&record, sizeof record);
    if (!good)
        cut_advice(why);
    return good;
}

/* One that is not there yet could be that of a user of this machine who has not logged in. */
static bool check_shared_home(struct judging *judging, const struct account *account, char why[IMPORT_REASON_SIZE])
{
    if (!ask_host(judging))
        return refuse(why, UNSURE);
    if (import_claim_home(&judging->batch->host, account, 0, why))
        return true;
    cut_advice(why);
    return false;
}

static bool check_moved_home(struct judging *judging, const struct account *account, char why[IMPORT_REASON_SIZE])
{
    char reason[HOME_REASON_SIZE];
    enum home_owner owner = home_judge(account->home, account->uid, reason);

    if (owner == HOME_ABSENT || owner == HOME_OWN)
        return check_shared_home(judging, account, why);
    snprintf(why, IMPORT_REASON_SIZE, "%.350s, and what is in a home runs as its user", reason);
    return false;
}

/* Somebody of this machine may have the name or the id by now: he wins. */
static bool check_return(const struct account *present, char why[IMPORT_REASON_SIZE])
{
    char reason[CLASH_REASON_SIZE];

    if (!clash_find_identity(present, true, reason))
        return true;
    snprintf(why, IMPORT_REASON_SIZE, "%.400s", reason);
    return false;
}

/* The name is judged as that of a new account is, and nothing may lie here under it, which would be this user's. */
static bool check_new_name(struct judging *judging, const char *name, char why[IMPORT_REASON_SIZE])
{
    struct account wanted = { .uid = 0 }; /* by its id it has what it had */
    struct named_file files[NAMED_FILES];
    const char *path;

    if (!ask_host(judging))
        return refuse(why, UNSURE);
    snprintf(wanted.username, sizeof wanted.username, "%s", name);
    if (store_name_is_free(judging->tool->store, name) != STORE_OK)
        return refuse(why, "its new name is or was an account's of this host");
    if (claims_find(&judging->batch->host.claims, CLAIM_USER, name) != NULL ||
        claims_find(&judging->batch->host.claims, CLAIM_GROUP, name) != NULL || import_host_knows(name, 0)) {
        snprintf(why, IMPORT_REASON_SIZE, "its new name %.32s is taken by a user or group of this machine", name);
        return false;
    }
    if (!import_check_trust(&judging->batch->host, &wanted, ROW_NEW, why)) {
        cut_advice(why);
        return false;
    }
    path = named_files_find(name, files) > 0 ? files[0].path : local_names_find(name);
    if (path != NULL)
        snprintf(why, IMPORT_REASON_SIZE, "%s bears its new name %.32s, and would be this user's", path, name);
    return path == NULL;
}

/* The uid never changes, and the name as the fleet's own rename does it: the one before stays the entry's. */
static bool check_identity(struct judging *judging, const struct account *present, const struct fleet_entry *entry,
                           char why[IMPORT_REASON_SIZE])
{
    const struct account *wanted = &entry->record.account;

    if (wanted->uid == present->uid && strcmp(wanted->username, present->username) == 0)
        return true;
    if (wanted->uid == present->uid && line_was_named(entry, present->username))
        return check_new_name(judging, wanted->username, why);
    snprintf(why, IMPORT_REASON_SIZE, "it was %.32s with uid %u, and would be %.32s with uid %u: the uid never changes, nor "
             "does the name without a rename", present->username, present->uid, wanted->username, wanted->uid);
    return false;
}

static bool check_present(struct judging *judging, const struct account *present, const struct fleet_entry *entry,
                          char why[IMPORT_REASON_SIZE])
{
    const struct account *wanted = &entry->record.account;

    if (!check_identity(judging, present, entry, why))
        return false;
    return (strcmp(wanted->shell, present->shell) == 0 || check_shell(judging, wanted, why)) &&
           (strcmp(wanted->home, present->home) == 0 ||
            (check_home(&judging->tool->policy, wanted, why) && check_moved_home(judging, wanted, why))) &&
           (strcmp(wanted->hash, present->hash) == 0 || import_check_hash(&judging->batch->host, wanted, why)) &&
           (present->status == ACCOUNT_ACTIVE || wanted->status != ACCOUNT_ACTIVE || check_return(present, why));
}

/* -- one entry ---------------------------------------------------------------------------- */

/* present: NULL: it is new. */
static bool check_entry(struct judging *judging, const struct account *present, const struct fleet_entry *entry,
                        char why[IMPORT_REASON_SIZE])
{
    const struct policy *policy = &judging->tool->policy;
    const struct account *wanted = &entry->record.account;

    if (present == NULL)
        return check_uid(policy, wanted, why) && check_home(policy, wanted, why) && check_shell(judging, wanted, why) &&
               check_new(judging, wanted, why);
    return check_present(judging, present, entry, why); /* what policy said when it was new, it was */
}

/* NOT_FOUND: it has none here, nor one on its way. */
static enum store_result find_present(struct store *store, const struct fleet_entry *entry, struct account *ret)
{
    struct fleet_account fleet;
    enum store_result result = store_fleet_account_by_entry(store, entry->entry_uuid, &fleet);

    if (result == STORE_NOT_FOUND)
        return moving_find(store, entry, ret);
    return result == STORE_OK ? store_account_by_uid(store, fleet.uid, ret) : result;
}

static bool keep_refusal(struct judging *judging, const struct said *said, const char *why)
{
    return said_refuse(judging->batch->said, said->number, why) == STORE_OK;
}

static bool judge_entry(struct judging *judging, const struct said *said, const struct fleet_entry *entry)
{
    struct account present = { 0 };
    char why[IMPORT_REASON_SIZE] = "";
    enum store_result result = find_present(judging->tool->store, entry, &present);
    bool good = true;

    if (result != STORE_OK && result != STORE_NOT_FOUND)
        return tool_store_status(judging->tool, result, "the store") == GO_ON;
    if (result == STORE_NOT_FOUND && store_fleet_is_buried(judging->tool->store, said->entry_uuid) == STORE_OK)
        return keep_refusal(judging, said, "its account was deleted, and an entry is one account for ever");
    if (!check_entry(judging, result == STORE_OK ? &present : NULL, entry, why))
        good = keep_refusal(judging, said, why[0] != '\0' ? why : "this host does not take it");
    explicit_bzero(&present, sizeof present);
    return good;
}

/* What cannot be taken by itself needs no judgement. */
static bool judge(struct judging *judging, const struct said *said)
{
    struct line line;
    bool good = batch_read(judging->batch, said, &line) == STORE_OK;

    if (good && line.entry.why[0] == '\0')
        good = judge_entry(judging, said, &line.entry);
    line_wipe(&line);
    return good;
}

bool judge_batch(struct tool *tool, struct batch *batch, bool *ret_unsure)
{
    struct judging judging = { .tool = tool, .batch = batch };
    enum store_result result;
    struct said said = { .number = 0 };
    bool good = true;

    while (good && (result = said_next(batch->said, SAID_ENTRIES, said.number, &said)) != STORE_NOT_FOUND) {
        good = result == STORE_OK;
        if (good && said.what == SAID_ENTRY && said.word != WORD_DELETED)
            good = judge(&judging, &said);
    }
    *ret_unsure = judging.asked_host && !judging.knows_host;
    return good;
}
