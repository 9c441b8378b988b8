/*
 * Judging one request: whose account, what its record means, and who answers the question. The
 * store is opened, asked and closed; nothing is held while a password is hashed.
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "hearing.h"
#include "origin.h"
#include "repeats.h"

/* -- the truth ---------------------------------------------------------------------------- */

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
    enum store_result result = store_open(judge->private_dir, STORE_EXISTING, ret);

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
    if ((verdict == VERDICT_TEMPORARY || verdict == VERDICT_TEMPORARY_EXPIRED) &&
        (hearing->request->kind == REQUEST_ACCOUNT || hearing->request->kind == REQUEST_SESSION) &&
        policy_service_is_keyboardless(&hearing->policy, hearing->request->service))
        return VERDICT_ACTIVE;
    return verdict;
}

bool hearing_may_enter(enum verdict verdict)
{
    return verdict == VERDICT_ACTIVE || verdict == VERDICT_TEMPORARY;
}

/* -- the rest ----------------------------------------------------------------------------- */

/* Changes of a password that have no row yet, whosever they are: a favour, which fails nothing. */
static void settle_repeats(const struct hearing *hearing, struct activity_log *log)
{
    struct store *store = NULL;

    if (!repeats_is_due(log, hearing->now))
        return;
    if (store_open(hearing->judge->private_dir, STORE_EXISTING, &store) == STORE_OK)
        repeats_settle(store, log, hearing->now);
    store_close(store);
}

/* Not worth a refusal: a login that cannot be recorded is still a login. */
static void record_login(const struct hearing *hearing, struct answer *ret)
{
    struct activity_notice notice = { 0 };
    struct activity_log *log = NULL;
    enum store_result result =
        activity_open(hearing->judge->private_dir, hearing->judge->run_dir, &log);

    if (result == STORE_OK)
        result = activity_record_login(log, hearing->account.uid, hearing->request->service,
                                       hearing->place, hearing->now, &notice);
    if (result == STORE_OK)
        settle_repeats(hearing, log);
    activity_close(log);
    if (!hearing_report(result, "activity.db"))
        return;
    ret->last_login_at = notice.last_login_at;
    ret->failures = notice.failures;
    ret->last_failure_at = notice.last_failure_at;
    memcpy(ret->last_origin, notice.last_origin, sizeof ret->last_origin);
    memcpy(ret->failure_origin, notice.failure_origin, sizeof ret->failure_origin);
}

static void begin_session(const struct hearing *hearing, struct answer *ret)
{
    ret->verdict = hearing_standing(hearing);
    /* a cron job or another user's silent session (sudo) would use up what is to be told at the
     * next login */
    if (hearing_may_enter(ret->verdict) && !hearing->request->silent &&
        !policy_service_is_keyboardless(&hearing->policy, hearing->request->service))
        record_login(hearing, ret);
}

static void hear_own_user(struct hearing *hearing, struct answer *ret)
{
    switch ((enum request_kind)hearing->request->kind) {
    case REQUEST_AUTHENTICATE:
    case REQUEST_VERIFY:
        hearing_verify(hearing, ret);
        return;
    case REQUEST_ACCOUNT:
        ret->verdict = hearing_standing(hearing);
        ret->must_wait = account_must_wait(&hearing->account, &hearing->policy, hearing->now);
        return;
    case REQUEST_CHANGE:
        hearing_change(hearing, ret);
        return;
    case REQUEST_SET:
        hearing_set(hearing, ret);
        return;
    case REQUEST_SESSION:
        begin_session(hearing, ret);
        return;
    case REQUEST_KINDS:
        return;
    }
}

void judge_request(const struct judge *judge, const struct request *request, struct answer *ret)
{
    struct hearing hearing = { .judge = judge, .request = request, .now = time(NULL) };

    memset(ret, 0, sizeof *ret);
    ret->size = sizeof *ret;
    ret->verdict = VERDICT_UNUSABLE;
    policy_defaults(&hearing.policy);
    origin_of_request(request, judge->caller_uid, hearing.origin);
    origin_place(request, judge->caller_uid, hearing.place);
    if (hearing_read_truth(&hearing)) {
        ret->min_length = (uint32_t)hearing.policy.password_min_length;
        if (hearing.ours)
            hear_own_user(&hearing, ret);
        else if (request->kind == REQUEST_AUTHENTICATE)
            hearing_verify(&hearing, ret); /* charged and hashed like anybody's */
        else
            ret->verdict = hearing_stranger(&hearing);
    } else if (request->kind == REQUEST_AUTHENTICATE) {
        credential_verify_nothing(request->password);
    }
    explicit_bzero(&hearing, sizeof hearing);
}
