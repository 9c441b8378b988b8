/*
 * Judging one request. Charged before anything is compared, compared outside any transaction, settled
 * afterwards; a write of a login's is conditional on what was verified, so an administrator always wins.
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "activity.h"
#include "origin.h"
#include "store.h"

enum { FLIGHT_WAIT_MS = 5000, FLIGHT_POLL_MS = 25 };

/* All that is known while one request is judged. */
struct hearing {
    const struct judge *judge;
    const struct request *request;
    char origin[ORIGIN_SIZE];
    struct policy policy;
    struct account account; /* of our user only */
    bool ours;
    int64_t now;
};

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

static bool report(enum store_result result, const char *what)
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

/* Open, ask, close: the store is never held while a password is hashed. */
static bool read_truth(struct hearing *ret)
{
    struct store *store = NULL;
    enum store_result result = store_open(ret->judge->private_dir, STORE_EXISTING, &store);

    if (result == STORE_OK)
        result = store_policy(store, &ret->policy);
    if (result == STORE_OK)
        result = read_account(store, ret);
    store_close(store);
    return report(result, "accounts.db");
}

static enum verdict stranger(const struct hearing *hearing)
{
    return hearing->request->uid == REQUEST_NO_UID ? VERDICT_UNKNOWN : VERDICT_OTHERS;
}

static enum verdict standing(const struct hearing *hearing)
{
    enum verdict verdict = account_verdict(&hearing->account, NULL, &hearing->policy, hearing->now);

    /* a job's or user manager's account phase: nobody is there to change a password */
    if ((verdict == VERDICT_TEMPORARY || verdict == VERDICT_TEMPORARY_EXPIRED) &&
        (hearing->request->kind == REQUEST_ACCOUNT || hearing->request->kind == REQUEST_SESSION) &&
        policy_service_is_keyboardless(&hearing->policy, hearing->request->service))
        return VERDICT_ACTIVE;
    return verdict;
}

static bool may_enter(enum verdict verdict)
{
    return verdict == VERDICT_ACTIVE || verdict == VERDICT_TEMPORARY;
}

/* -- comparing a password ----------------------------------------------------------------- */

static uint32_t charged_uid(const struct hearing *hearing)
{
    return hearing->ours ? hearing->account.uid : (uint32_t)ACTIVITY_NOBODY;
}

/* OK, REFUSED or an error; BUSY is waited out, as long as others' attempts may take. */
static enum store_result charge(struct activity_log *log, struct hearing *hearing,
                                struct activity *ret, int64_t *ret_charge)
{
    const struct timespec pause = { .tv_nsec = FLIGHT_POLL_MS * 1000000L };
    int64_t deadline = packet_clock() + FLIGHT_WAIT_MS;
    enum store_result result;

    for (;;) {
        result = activity_charge(log, charged_uid(hearing), hearing->origin, &hearing->policy,
                                 hearing->now, ret, ret_charge);
        if (result != STORE_BUSY || packet_clock() >= deadline)
            return result;
        nanosleep(&pause, NULL);
        hearing->now = time(NULL);
    }
}

static void tell_locked(const struct hearing *hearing, const struct activity *activity)
{
    int64_t until = activity_locked_until(activity, &hearing->policy, hearing->now);

    if (hearing->ours)
        syslog(LOG_AUTHPRIV | LOG_NOTICE, "user %s: too many failures from %s, refused for %lld s",
               hearing->account.username, hearing->origin,
               (long long)(until > hearing->now ? until - hearing->now : 0));
}

/* The comparison proper, charged already; settles the charge. */
static bool compare(struct activity_log *log, const struct hearing *hearing, int64_t id)
{
    bool right = credential_verify(hearing->request->password, hearing->account.hash);
    enum activity_outcome outcome = ATTEMPT_FAILED;

    right = right && hearing->ours;
    if (right)
        outcome = may_enter(standing(hearing)) ? ATTEMPT_SUCCEEDED : ATTEMPT_NEUTRAL;
    /* not settled, it counts as a failure after a while: the safe side */
    activity_settle(log, id, charged_uid(hearing), hearing->origin, outcome, hearing->now);
    return right;
}

/* Sets verdict and right of *ret: every comparison of a secret comes through here. */
static void verify(struct hearing *hearing, struct answer *ret)
{
    struct activity activity = { 0 };
    struct activity_log *log = NULL;
    int64_t id = 0;
    enum store_result result =
        activity_open(hearing->judge->private_dir, hearing->judge->run_dir, &log);

    ret->verdict = VERDICT_UNUSABLE;
    if (result == STORE_OK)
        result = charge(log, hearing, &activity, &id);
    if (result == STORE_OK) {
        ret->right = compare(log, hearing, id);
        ret->verdict = hearing->ours ? standing(hearing) : stranger(hearing);
    } else {
        credential_verify_nothing(hearing->request->password); /* the same work for a refusal */
    }
    if (result == STORE_REFUSED || result == STORE_BUSY) {
        tell_locked(hearing, &activity);
        ret->verdict = hearing->ours ? VERDICT_LOCKED : stranger(hearing);
    } else {
        report(result, "activity.db");
    }
    activity_close(log);
}

/* -- changing a password ------------------------------------------------------------------ */

static enum credential_weakness reuse(struct hearing *hearing)
{
    const char *new_password = hearing->request->new_password;
    enum credential_weakness weakness = CREDENTIAL_FINE;
    char former[ACCOUNT_HASH_SIZE] = "";
    struct store *store = NULL;

    if (credential_verify(new_password, hearing->account.hash))
        return CREDENTIAL_SAME;
    if (store_open(hearing->judge->private_dir, STORE_EXISTING, &store) != STORE_OK)
        return CREDENTIAL_FINE; /* the write to come will say what is wrong */
    for (int64_t n = 0; n < hearing->policy.password_history && weakness == CREDENTIAL_FINE; n++) {
        if (store_former_hash(store, hearing->account.uid, n, former) != STORE_OK)
            break;
        if (credential_verify(new_password, former))
            weakness = CREDENTIAL_USED;
    }
    store_close(store);
    explicit_bzero(former, sizeof former);
    return weakness;
}

static enum store_result audit(struct store *store, const struct hearing *hearing,
                               const char *event)
{
    bool by_root = hearing->request->kind == REQUEST_SET;
    const struct audit_actor actor = {
        /* whoever knew the password is its user, though sshd, being root, asks for him */
        .login_uid = by_root ? hearing->judge->caller_uid : hearing->account.uid,
        .name = by_root ? "root" : hearing->account.username,
        .via = hearing->request->service,
        .origin = hearing->origin,
    };
    struct account after;
    enum store_result result = store_account_by_uid(store, hearing->account.uid, &after);

    if (result == STORE_OK)
        result = store_audit_append(store, &actor, event, &hearing->account, &after, NULL,
                                    hearing->now);
    explicit_bzero(after.hash, sizeof after.hash);
    return result;
}

/* The user's own change, lost when the account or its hash is no longer what was verified. */
static enum store_result write_change(struct store *store, const struct hearing *hearing,
                                      const char *hash)
{
    enum store_result result = store_account_change_password(
        store, hearing->account.uid, hearing->account.hash, hash, hearing->now);

    return result == STORE_OK ? audit(store, hearing, "password changed") : result;
}

/* Root's word, unless the account was suspended or deleted meanwhile. */
static enum store_result write_set(struct store *store, const struct hearing *hearing,
                                   const char *hash)
{
    bool temporary = hearing->policy.admin_password_temporary != 0;
    struct account present;
    enum store_result result = store_account_by_uid(store, hearing->account.uid, &present);

    explicit_bzero(present.hash, sizeof present.hash);
    if (result == STORE_NOT_FOUND || (result == STORE_OK && present.status != ACCOUNT_ACTIVE))
        return STORE_LOST;
    if (result != STORE_OK)
        return result;
    result = store_account_set_password(store, hearing->account.uid, hash, temporary,
                                        hearing->now + hearing->policy.temporary_hours * 3600,
                                        hearing->now);
    return result == STORE_OK ? audit(store, hearing, "password set") : result;
}

static enum store_result write_password(const struct hearing *hearing, const char *hash)
{
    struct store *store = NULL;
    enum store_result result = store_open(hearing->judge->private_dir, STORE_EXISTING, &store);

    if (result == STORE_OK)
        result = store_begin(store);
    if (result == STORE_OK)
        result = hearing->request->kind == REQUEST_SET ? write_set(store, hearing, hash)
                                                       : write_change(store, hearing, hash);
    if (result == STORE_OK)
        result = store_commit(store);
    store_close(store); /* undoes what is not committed */
    return result;
}

/* Hash and write; ret->right says whether it is committed. */
static void replace(struct hearing *hearing, struct answer *ret)
{
    char hash[ACCOUNT_HASH_SIZE] = "";
    enum store_result result = STORE_FAILED;

    ret->right = 0;
    if (credential_hash(hearing->request->new_password, hash))
        result = write_password(hearing, hash);
    explicit_bzero(hash, sizeof hash);
    ret->right = result == STORE_OK;
    if (result == STORE_LOST)
        syslog(LOG_AUTHPRIV | LOG_NOTICE, "user %s: password not changed, an administrator was faster",
               hearing->account.username);
    else if (!report(result, "accounts.db"))
        ret->verdict = VERDICT_UNUSABLE;
}

static void change(struct hearing *hearing, struct answer *ret)
{
    ret->weakness = credential_weakness(hearing->request->new_password, &hearing->account,
                                        &hearing->policy);
    if (ret->weakness != CREDENTIAL_FINE) {
        ret->verdict = standing(hearing);
        return;
    }
    verify(hearing, ret);
    if (!ret->right || !may_enter(ret->verdict)) {
        ret->right = 0;
        return;
    }
    ret->weakness = reuse(hearing);
    if (ret->weakness == CREDENTIAL_FINE)
        replace(hearing, ret);
    else
        ret->right = 0;
}

static void set(struct hearing *hearing, struct answer *ret)
{
    ret->verdict = standing(hearing);
    if (!may_enter(ret->verdict))
        return;
    ret->weakness = credential_weakness(hearing->request->new_password, &hearing->account,
                                        &hearing->policy);
    ret->temporary = hearing->policy.admin_password_temporary != 0;
    if (ret->weakness != CREDENTIAL_EMPTY && ret->weakness != CREDENTIAL_TOO_LONG)
        replace(hearing, ret); /* to root, the other rules are a warning */
}

/* -- the rest ----------------------------------------------------------------------------- */

static void begin_session(const struct hearing *hearing, struct answer *ret)
{
    struct activity_log *log = NULL;

    ret->verdict = standing(hearing);
    if (!may_enter(ret->verdict))
        return;
    /* not worth a refusal: a login that cannot be recorded is still a login */
    if (activity_open(hearing->judge->private_dir, hearing->judge->run_dir, &log) == STORE_OK)
        activity_record_login(log, hearing->account.uid, hearing->request->service,
                              hearing->origin, hearing->now);
    activity_close(log);
}

static void hear_own_user(struct hearing *hearing, struct answer *ret)
{
    switch ((enum request_kind)hearing->request->kind) {
    case REQUEST_AUTHENTICATE:
    case REQUEST_VERIFY:
        verify(hearing, ret);
        return;
    case REQUEST_ACCOUNT:
        ret->verdict = standing(hearing);
        return;
    case REQUEST_CHANGE:
        change(hearing, ret);
        return;
    case REQUEST_SET:
        set(hearing, ret);
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
    if (read_truth(&hearing)) {
        ret->min_length = (uint32_t)hearing.policy.password_min_length;
        if (hearing.ours)
            hear_own_user(&hearing, ret);
        else if (request->kind == REQUEST_AUTHENTICATE)
            verify(&hearing, ret); /* charged and hashed like anybody's */
        else
            ret->verdict = stranger(&hearing);
    } else if (request->kind == REQUEST_AUTHENTICATE) {
        credential_verify_nothing(request->password);
    }
    explicit_bzero(&hearing, sizeof hearing);
}
