/*
 * Judging one request: whose account, what its record means, and who answers the question. The
 * store is opened, asked and closed; nothing is held while a password is hashed.
 */
#include "judge.h"

#include <string.h>
#include <syslog.h>
#include <time.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/openings.h"
#include "sql/policy.h"
#include "sql/repeats.h"
#include "sql/store.h"
#include "change.h"
#include "credential.h"
#include "fleet_change.h"
#include "hearing.h"
#include "login_day.h"
#include "origin.h"
#include "request.h"
#include "verify.h"

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

/* Not worth a refusal: a login that cannot be recorded is still a login. NULL: so it is here. */
static struct activity_log *open_activity(const struct hearing *hearing)
{
    struct activity_log *log = NULL;

    hearing_report(activity_open(hearing->judge->private_dir, hearing->judge->run_dir, &log), "activity.db");
    return log;
}

static void record_login(const struct hearing *hearing, struct activity_log *log, struct answer *ret)
{
    struct activity_notice notice = { 0 };
    enum store_result result = activity_record_login(log, hearing->account.uid, hearing->request->service,
                                                     hearing->place, hearing->now, &notice);

    if (!hearing_report(result, "activity.db"))
        return;
    settle_repeats(hearing, log);
    ret->last_login_at = notice.last_login_at;
    ret->failures = notice.failures;
    ret->last_failure_at = notice.last_failure_at;
    memcpy(ret->last_origin, notice.last_origin, sizeof ret->last_origin);
    memcpy(ret->failure_origin, notice.failure_origin, sizeof ret->failure_origin);
}

/* A session that a person has opened, or a right password (a screen locker asks for no more). A cron job or another
 * user's silent session (sudo) is none, and would use up what is to be told at the next login. */
static bool is_login(const struct hearing *hearing, const struct answer *answer)
{
    const struct request *request = hearing->request;

    if (!hearing->ours || !hearing_may_enter((enum verdict)answer->verdict) ||
        policy_service_is_keyboardless(&hearing->policy, request->service))
        return false;
    return (request->kind == REQUEST_SESSION && !request->silent) ||
           (request->kind == REQUEST_AUTHENTICATE && answer->right);
}

/* Recorded first, and the truth read after: either a suspension was committed before and is read, or its sweep, which
 * comes after the commit, finds the record. */
static bool record_opening(struct hearing *hearing, struct activity_log *log)
{
    if (log != NULL)
        hearing_report(openings_add(log, hearing->account.uid, hearing->judge->host), "activity.db");
    return hearing_read_truth(hearing) && hearing->ours; /* not: deleted meanwhile */
}

static void begin_session(struct hearing *hearing, struct answer *ret)
{
    bool enters = hearing_may_enter(hearing_standing(hearing));
    struct activity_log *log = enters ? open_activity(hearing) : NULL;

    if (!enters || hearing->judge->host == 0 || record_opening(hearing, log))
        ret->verdict = hearing_standing(hearing);
    if (is_login(hearing, ret)) {
        ret->days_left = (uint32_t)account_days_left(&hearing->account, &hearing->policy, hearing->now);
        if (log != NULL)
            record_login(hearing, log, ret);
    }
    activity_close(log);
}

static void hear_account(const struct hearing *hearing, struct answer *ret)
{
    ret->verdict = hearing_standing(hearing);
    ret->elsewhere = hearing->account.fleet ? ELSEWHERE_FLEET : ELSEWHERE_NOT;
    ret->must_wait = account_must_wait(&hearing->account, &hearing->policy, hearing->now);
    if (hearing_is_let_in_offline(hearing)) {
        ret->verdict = VERDICT_ACTIVE;
        ret->elsewhere = ELSEWHERE_AWAY;
    }
}

static void hear_own_user(struct hearing *hearing, struct answer *ret)
{
    switch ((enum request_kind)hearing->request->kind) {
    case REQUEST_AUTHENTICATE:
    case REQUEST_VERIFY:
        hearing_verify(hearing, ret);
        return;
    case REQUEST_ACCOUNT:
        hear_account(hearing, ret);
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

/* The only reason why an account that could be read is of no use. */
static void tell_out_of_touch(const struct hearing *hearing)
{
    if (hearing_standing(hearing) == VERDICT_UNUSABLE)
        syslog(LOG_AUTHPRIV | LOG_ERR, "user %s: refused, the fleet was not heard of for longer than policy fleet_max_age; run "
               "'admin-tool fleet status'", hearing->account.username);
}

void judge_request(const struct judge *judge, const struct request *request, struct answer *ret,
                   struct login_day *ret_login)
{
    struct hearing hearing = { .judge = judge, .request = request, .now = time(NULL) };

    memset(ret, 0, sizeof *ret);
    memset(ret_login, 0, sizeof *ret_login);
    ret->size = sizeof *ret;
    ret->verdict = VERDICT_UNUSABLE;
    policy_defaults(&hearing.policy);
    origin_of_request(request, judge->caller_uid, hearing.origin);
    origin_place(request, judge->caller_uid, hearing.place);
    if (hearing_read_truth(&hearing)) {
        ret->min_length = (uint32_t)hearing.policy.password_min_length;
        if (hearing.ours) {
            hear_own_user(&hearing, ret);
            tell_out_of_touch(&hearing);
        }
        if (!hearing.ours && request->kind == REQUEST_AUTHENTICATE)
            hearing_verify(&hearing, ret); /* charged and hashed like anybody's */
        else if (!hearing.ours)
            ret->verdict = hearing_stranger(&hearing);
    } else if (request->kind == REQUEST_AUTHENTICATE) {
        credential_verify_nothing(request->password);
    }
    if (is_login(&hearing, ret))
        login_day_note(&hearing, ret_login);
    explicit_bzero(&hearing, sizeof hearing);
}
