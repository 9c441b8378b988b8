/*
 * The truth about one request, and what it means. The store is opened, asked and closed.
 */
#include "hearing.h"

#include <string.h>
#include <syslog.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "sql/rescue.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "judge.h"
#include "request.h"

static const char *fault_text(enum store_result result)
{
    switch (result) {
    case STORE_MISSING:
        return "there is no store";
    case STORE_UNSAFE:
        return "owner or mode of the store is wrong";
    case STORE_FOREIGN:
        return "the file in the store's place is not ours";
    case STORE_TOO_NEW:
        return "the store is of a later release";
    case STORE_BUSY:
        return "the store is locked";
    case STORE_FULL:
        return "the disk is full or read-only";
    case STORE_DAMAGED:
        return "the store is damaged";
    default:
        return "the store cannot be read";
    }
}

bool hearing_report(enum store_result result, const char *what)
{
    if (result != STORE_OK)
        syslog(LOG_AUTHPRIV | LOG_ERR, "%s: %s; run 'admin-tool check'", what, fault_text(result));
    return result == STORE_OK;
}

/* Ours: an account of this name whose uid is the one NSS answers for it (DESIGN D9). */
static enum store_result read_account(struct store *store, struct hearing *ret)
{
    enum store_result result = STORE_NOT_FOUND;

    if (ret->request->uid != REQUEST_NO_UID)
        result = store_account_by_name(store, ret->request->user, &ret->account);
    ret->ours = result == STORE_OK && ret->account.uid == ret->request->uid;
    if (!ret->ours) {
        explicit_bzero(&ret->account, sizeof ret->account);
        memset(&ret->account, 0, sizeof ret->account);
    }
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result open_truth(const struct judge *judge, struct store **ret)
{
    enum store_result result = store_open(judge->private_dir, STORE_SNAPSHOT, ret);

    return result == STORE_FULL ? store_open_copy(judge->private_dir, judge->run_dir, ret) : result;
}

bool hearing_read_truth(struct hearing *ret)
{
    struct store *store = NULL;
    enum store_result result = open_truth(ret->judge, &store);

    if (result == STORE_OK)
        result = store_policy(store, &ret->policy);
    if (result == STORE_OK)
        result = read_account(store, ret);
    store_close(store);
    return hearing_report(result, "accounts.db");
}

enum verdict hearing_stranger(const struct hearing *hearing)
{
    return hearing->request->uid == REQUEST_NO_UID ? VERDICT_UNKNOWN : VERDICT_OTHERS;
}

enum verdict hearing_standing(const struct hearing *hearing)
{
    enum verdict verdict = account_verdict(&hearing->account, NULL, &hearing->policy, hearing->now);

    /* a job's or user manager's account phase: nobody is there to change a password */
    if ((verdict == VERDICT_TEMPORARY || verdict == VERDICT_TEMPORARY_EXPIRED || verdict == VERDICT_TOO_OLD) &&
        (hearing->request->kind == REQUEST_ACCOUNT || hearing->request->kind == REQUEST_SESSION) &&
        policy_service_is_keyboardless(&hearing->policy, hearing->request->service))
        return VERDICT_ACTIVE;
    return verdict;
}

bool hearing_may_enter(enum verdict verdict)
{
    return verdict == VERDICT_ACTIVE || verdict == VERDICT_TEMPORARY || verdict == VERDICT_TOO_OLD;
}
