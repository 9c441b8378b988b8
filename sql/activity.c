/*
 * Charge first, settle afterwards. A charge is a row in `pending`; settled it is removed, or
 * becomes a failure; left behind by a helper that was killed, it becomes one too.
 */
#include "activity.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "activity_file.h"
#include "activity_log.h"
#include "database.h"
#include "policy.h"
#include "store.h"

enum { PENDING_SECONDS = 30 }; /* longer than any helper lives */

/* -- charging ----------------------------------------------------------------------------- */

/* Count one more failure. A row's `last` never lies in the future, whatever the clock did. */
static enum store_result add_failure(sqlite3 *db, int64_t uid, const char *origin, int64_t now)
{
    return database_run(db,
        "INSERT INTO failures VALUES (?1, ?2, 1, ?3)"
        " ON CONFLICT DO UPDATE SET count = count + 1, last = ?3", "iti", uid, origin, now);
}

int64_t activity_forgotten_until(const struct policy *policy, int64_t now)
{
    int64_t quiet = policy->forget_seconds;

    return now - (quiet > policy->lock_max_seconds ? quiet : policy->lock_max_seconds);
}

/* What time has changed: charges left behind become failures, old failures are forgotten. */
static enum store_result age(sqlite3 *db, const struct policy *policy, int64_t now)
{
    enum store_result result = database_run(db,
        "INSERT INTO failures SELECT uid, origin, count(*), ?1 FROM pending"
        " WHERE at NOT BETWEEN ?1 - ?2 AND ?1 + ?2 GROUP BY uid, origin"
        " ON CONFLICT DO UPDATE SET count = count + excluded.count, last = excluded.last",
        "ii", now,
        (int64_t)PENDING_SECONDS);

    if (result == STORE_OK)
        result = database_run(db, "DELETE FROM pending WHERE at NOT BETWEEN ?1 - ?2 AND ?1 + ?2",
                              "ii", now, (int64_t)PENDING_SECONDS);
    if (result == STORE_OK)
        result = database_run(db, "UPDATE failures SET last = ?1 WHERE last > ?1", "i", now);
    if (result == STORE_OK)
        result = database_run(db, "DELETE FROM failures WHERE last <= ?", "i",
                              activity_forgotten_until(policy, now));
    if (result == STORE_OK)
        result = database_run(db, "DELETE FROM known_origins WHERE last < ?1 - 86400 * ?2", "ii",
                              now, policy->known_origin_days);
    return result;
}

static enum store_result read_state(sqlite3 *db, int64_t uid, const char *origin,
                                    struct activity *ret)
{
    int64_t known = 0;
    enum store_result result = database_number(db, &ret->failures,
        "SELECT coalesce((SELECT count FROM failures WHERE uid = ? AND origin = ?), 0)", "it", uid,
        origin);

    if (result == STORE_OK)
        result = database_number(db, &ret->last_failure,
            "SELECT coalesce((SELECT last FROM failures WHERE uid = ? AND origin = ?), 0)", "it",
            uid, origin);
    if (result == STORE_OK)
        result = database_number(db, &ret->user_failures,
            "SELECT coalesce(sum(count), 0) FROM failures WHERE uid = ?", "i", uid);
    if (result == STORE_OK)
        result = database_number(db, &known,
            "SELECT count(*) FROM known_origins WHERE uid = ? AND origin = ?", "it", uid, origin);
    ret->known_origin = known != 0;
    return result;
}

/* OK when one more attempt may be under way, WAIT or REFUSED when not. */
static enum store_result admit(sqlite3 *db, int64_t uid, const char *origin,
                               const struct policy *policy, int64_t now,
                               const struct activity *state)
{
    int64_t here = 0, everywhere = 0;
    int64_t left = activity_attempts_left(state, policy, now);
    enum store_result result;

    if (left == 0)
        return STORE_REFUSED;
    result = database_number(db, &here,
        "SELECT count(*) FROM pending WHERE uid = ? AND origin = ?", "it", uid, origin);
    if (result == STORE_OK)
        result = database_number(db, &everywhere, "SELECT count(*) FROM pending WHERE uid = ?", "i",
                                 uid);
    if (result != STORE_OK)
        return result;
    if (here >= left)
        return STORE_WAIT;
    if (!state->known_origin && everywhere >= policy->user_failures_max - state->user_failures)
        return STORE_WAIT;
    return STORE_OK;
}

static enum store_result charge(sqlite3 *db, int64_t uid, const char *origin,
                                const struct policy *policy, int64_t now, struct activity *ret)
{
    enum store_result result = age(db, policy, now);

    if (result == STORE_OK)
        result = read_state(db, uid, origin, ret);
    if (result == STORE_OK)
        result = admit(db, uid, origin, policy, now, ret);
    if (result == STORE_OK)
        result = database_run(db, "INSERT INTO pending (uid, origin, at) VALUES (?, ?, ?)", "iti",
                              uid, origin, now);
    return result;
}

/* End the open transaction: kept when `result` is OK, undone when not. */
static enum store_result finish(sqlite3 *db, enum store_result result)
{
    if (result == STORE_OK)
        result = database_run(db, "COMMIT", "");
    if (!sqlite3_get_autocommit(db))
        database_run(db, "ROLLBACK", "");
    return result;
}

static enum store_result charge_once(struct activity_log *log, int64_t uid, const char *origin,
                                     const struct policy *policy, int64_t now,
                                     struct activity *ret, int64_t *ret_charge)
{
    enum store_result result = database_run(log->db, "BEGIN IMMEDIATE", "");
    enum store_result kept;

    if (result != STORE_OK)
        return result;
    result = charge(log->db, uid, origin, policy, now, ret);
    *ret_charge = sqlite3_last_insert_rowid(log->db);
    if (result != STORE_REFUSED && result != STORE_WAIT)
        return finish(log->db, result);
    /* ageing is kept: after a clock set back, a lock would else begin anew with every attempt */
    kept = finish(log->db, STORE_OK);
    return kept == STORE_OK ? result : kept;
}

enum store_result activity_charge(struct activity_log *log, uint32_t uid, const char *origin,
                                  const struct policy *policy, int64_t now, struct activity *ret,
                                  int64_t *ret_charge)
{
    struct activity state = { 0 };
    int64_t id = 0;
    enum store_result result = charge_once(log, uid, origin, policy, now, &state, &id);

    if (result == STORE_FULL || result == STORE_DAMAGED || result == STORE_FAILED)
        if (activity_move_on(log, result) == STORE_OK)
            result = charge_once(log, uid, origin, policy, now, &state, &id);
    if (result == STORE_OK || result == STORE_REFUSED)
        *ret = state;
    if (result == STORE_OK)
        *ret_charge = id;
    return result;
}

static enum store_result settle(sqlite3 *db, int64_t id, int64_t uid, const char *origin,
                                enum activity_outcome outcome, int64_t now)
{
    enum store_result result = database_run(db, "DELETE FROM pending WHERE id = ?", "i", id);

    if (result != STORE_OK || outcome == ATTEMPT_NEUTRAL)
        return result;
    if (outcome != ATTEMPT_SUCCEEDED)
        return add_failure(db, uid, origin, now);
    result = database_run(db, "DELETE FROM failures WHERE uid = ? AND origin = ?", "it", uid,
                          origin);
    if (result == STORE_OK)
        result = database_run(db,
            "INSERT INTO known_origins VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET last = ?3",
            "iti",
            uid, origin, now);
    return result;
}

enum store_result activity_settle(struct activity_log *log, int64_t charge_id, uint32_t uid,
                                  const char *origin, enum activity_outcome outcome, int64_t now)
{
    enum store_result result = database_run(log->db, "BEGIN IMMEDIATE", "");

    if (result != STORE_OK)
        return result;
    return finish(log->db, settle(log->db, charge_id, uid, origin, outcome, now));
}

/* -- telling the user ------------------------------------------------------------------- */

static enum store_result read_notice(sqlite3 *db, uint32_t uid, struct activity_notice *ret)
{
    enum store_result result;
    sqlite3_stmt *row = database_prepare(db,
        "SELECT l.at, coalesce(l.origin, ''), n.count, n.last, coalesce(n.origin, '')"
        " FROM (SELECT ?1 AS uid) LEFT JOIN logins l USING (uid) LEFT JOIN notices n USING (uid)",
        "i", (int64_t)uid);

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(db));
    result = database_result(sqlite3_step(row));
    if (result == STORE_OK) {
        ret->last_login_at = sqlite3_column_int64(row, 0);
        ret->failures = sqlite3_column_int64(row, 2);
        ret->last_failure_at = sqlite3_column_int64(row, 3);
        result = database_text(row, 1, ret->last_origin, sizeof ret->last_origin);
    }
    if (result == STORE_OK)
        result = database_text(row, 4, ret->failure_origin, sizeof ret->failure_origin);
    database_finish(row);
    return result;
}

static enum store_result write_login(sqlite3 *db, uint32_t uid, const char *service,
                                     const char *origin, int64_t now)
{
    enum store_result result = database_run(db,
        "INSERT INTO logins VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT DO UPDATE SET at = ?2, service = ?3, origin = ?4", "iitt", (int64_t)uid, now,
        service, origin);

    if (result == STORE_OK)
        result = database_run(db, "DELETE FROM notices WHERE uid = ?", "i", (int64_t)uid);
    return result;
}

enum store_result activity_record_login(struct activity_log *log, uint32_t uid,
                                        const char *service, const char *origin, int64_t now,
                                        struct activity_notice *ret)
{
    struct activity_notice notice = { 0 };
    enum store_result result = database_run(log->db, "BEGIN IMMEDIATE", "");

    if (result != STORE_OK)
        return result;
    result = read_notice(log->db, uid, &notice);
    if (result == STORE_OK)
        result = write_login(log->db, uid, service, origin, now);
    result = finish(log->db, result);
    if (result == STORE_OK)
        *ret = notice;
    return result;
}

enum store_result activity_unlock(struct activity_log *log, uint32_t uid)
{
    enum store_result result = database_run(log->db, "BEGIN IMMEDIATE", "");

    if (result != STORE_OK)
        return result;
    result = database_run(log->db, "DELETE FROM failures WHERE uid = ?", "i", (int64_t)uid);
    if (result == STORE_OK)
        result = database_run(log->db, "DELETE FROM pending WHERE uid = ?", "i", (int64_t)uid);
    return finish(log->db, result);
}
