/*
 * Comparing a password: charged before it is compared, compared outside any transaction, settled
 * afterwards. A refusal costs what a comparison costs.
 */
#include "verify.h"

#include <syslog.h>
#include <time.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/store.h"
#include "credential.h"
#include "hearing.h"
#include "request.h"
#include "rewrite.h"

enum { FLIGHT_WAIT_MS = 5000, PATIENCE_MS = 1000, POLL_MS = 25, OFTEN_MS = 5 };

static uint32_t charged_uid(const struct hearing *hearing)
{
    return hearing->ours ? hearing->account.uid
                         : ACTIVITY_NOBODY + (hearing->request->stranger & 0xffff);
}

/* Who has waited long asks more often: there is no queue, and nobody is to be unlucky for ever. */
static void wait_a_little(int64_t waited)
{
    const long milliseconds = waited < PATIENCE_MS ? POLL_MS : OFTEN_MS;
    const struct timespec pause = { .tv_nsec = milliseconds * 1000000L };

    nanosleep(&pause, NULL);
}

/* Admitted after waiting: what was read before may be an administrator's past by now. */
static enum store_result read_again(struct activity_log *log, struct hearing *hearing, int64_t id)
{
    uint32_t uid = charged_uid(hearing);

    if (hearing_read_truth(hearing) && charged_uid(hearing) == uid)
        return STORE_OK;
    activity_settle(log, id, uid, hearing->origin, ATTEMPT_NEUTRAL, hearing->now);
    return STORE_FAILED;
}

/* OK, REFUSED or an error; WAIT when others' attempts took too long. */
static enum store_result charge(struct activity_log *log, struct hearing *hearing,
                                struct activity *ret, int64_t *ret_charge)
{
    int64_t begin = packet_clock(), waited = 0;
    enum store_result result;

    for (;;) {
        result = activity_charge(log, charged_uid(hearing), hearing->origin, &hearing->policy,
                                 hearing->now, ret, ret_charge);
        if (result == STORE_OK && waited > 0)
            return read_again(log, hearing, *ret_charge);
        if (result != STORE_WAIT || waited >= FLIGHT_WAIT_MS)
            return result;
        wait_a_little(waited);
        waited = packet_clock() - begin;
        hearing->now = time(NULL);
    }
}

static void tell_locked(const struct hearing *hearing, const struct activity *activity)
{
    int64_t until = activity_locked_until(activity, &hearing->policy, hearing->now);

    if (hearing->ours && until > hearing->now)
        syslog(LOG_AUTHPRIV | LOG_NOTICE, "user %s: too many failures from %s, refused for %lld s",
               hearing->account.username, hearing->origin, (long long)(until - hearing->now));
    else if (hearing->ours)
        syslog(LOG_AUTHPRIV | LOG_NOTICE, "user %s: too many failures over all origins, refused from "
               "%s, where there was no success lately ('admin-tool users show' says until when)",
               hearing->account.username, hearing->origin);
}

/* It came in by a restore, or before import tried them. */
static void tell_unusable(const struct hearing *hearing)
{
    syslog(LOG_AUTHPRIV | LOG_ERR, "user %s: the hash of the password cannot be computed, or not within 3 s and "
           "192 MiB; give a new password: admin-tool reset-password %s",
           hearing->account.username, hearing->account.username);
}

/* The comparison proper, charged already; settles the charge. */
static bool compare(struct activity_log *log, const struct hearing *hearing, int64_t id)
{
    bool unusable = false;
    bool right = credential_verify_within(hearing->request->password, hearing->account.hash, &unusable);
    enum activity_outcome outcome = ATTEMPT_FAILED;

    if (unusable)
        tell_unusable(hearing);
    right = right && hearing->ours;
    if (right)
        outcome = hearing_may_enter(hearing_standing(hearing)) ? ATTEMPT_SUCCEEDED
                                                               : ATTEMPT_NEUTRAL;
    /* not settled, it counts as a failure after a while: the safe side */
    activity_settle(log, id, charged_uid(hearing), hearing->origin, outcome, hearing->now);
    if (outcome == ATTEMPT_SUCCEEDED && !hearing->account.fleet && credential_is_outdated(hearing->account.hash))
        hearing_renew_hash(hearing);
    return right;
}

static void judge_charged(struct activity_log *log, const struct hearing *hearing, int64_t id,
                          struct answer *ret)
{
    ret->right = compare(log, hearing, id);
    ret->verdict = hearing->ours ? hearing_standing(hearing) : hearing_stranger(hearing);
}

static void refuse(const struct hearing *hearing, enum store_result result,
                   const struct activity *activity, struct answer *ret)
{
    credential_verify_nothing(hearing->request->password); /* the same work for a refusal */
    if (result == STORE_REFUSED || result == STORE_WAIT) {
        tell_locked(hearing, activity);
        ret->verdict = hearing->ours ? VERDICT_LOCKED : hearing_stranger(hearing);
    } else {
        hearing_report(result, "activity.db");
    }
}

void hearing_verify(struct hearing *hearing, struct answer *ret)
{
    struct activity activity = { 0 };
    struct activity_log *log = NULL;
    int64_t id = 0;
    enum store_result result =
        activity_open(hearing->judge->private_dir, hearing->judge->run_dir, &log);

    ret->verdict = VERDICT_UNUSABLE;
    if (result == STORE_OK)
        result = charge(log, hearing, &activity, &id);
    if (result == STORE_OK)
        judge_charged(log, hearing, id, ret);
    else
        refuse(hearing, result, &activity, ret);
    activity_close(log);
}
