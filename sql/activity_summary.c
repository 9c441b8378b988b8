/*
 * Looking back: nothing here changes the log. Every statement is finished when its function returns.
 */
#include "activity_summary.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "activity.h"
#include "activity_log.h"
#include "database.h"
#include "policy.h"
#include "store.h"

/* What the failures of one user add up to, taken newest first. All 0 at first. */
struct tally {
    int64_t failures;    /* of all origins */
    int64_t everywhere;  /* until when all of them together lock, 0: they do not */
    int64_t locked_until;
};

/* Until when one more origin is locked, 0: it is not. Over the ceiling of all origins, the row that reaches it has to be
 * forgotten. */
static int64_t add_origin(struct tally *tally, int64_t failures, int64_t last, const struct policy *policy, int64_t now)
{
    const struct activity state = { .failures = failures, .last_failure = last };
    int64_t until = activity_locked_until(&state, policy, now);
    int64_t since = last < now ? last : now;

    if (tally->failures < policy->user_failures_max && tally->failures + failures >= policy->user_failures_max)
        tally->everywhere = since - activity_forgotten_until(policy, 0); /* no lock of an origin is longer */
    tally->failures += failures;
    if (until > tally->locked_until)
        tally->locked_until = until;
    if (tally->everywhere > tally->locked_until)
        tally->locked_until = tally->everywhere;
    return until;
}

/* -- a page ------------------------------------------------------------------------------- */

static enum store_result latest_lock(sqlite3_stmt *row, uint32_t uid, const struct policy *policy,
                                     int64_t now, struct activity_summary *ret)
{
    struct tally tally = { 0 };
    int rc;

    if (!database_bind(row, "ii", (int64_t)uid, activity_forgotten_until(policy, now)))
        return STORE_FAILED;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW)
        add_origin(&tally, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1), policy, now);
    ret->failures = tally.failures;
    ret->locked_until = tally.locked_until;
    return database_result(rc);
}

static enum store_result last_login(sqlite3_stmt *row, uint32_t uid, struct activity_summary *ret)
{
    enum store_result result;
    int rc;

    if (!database_bind(row, "i", (int64_t)uid))
        return STORE_FAILED;
    rc = sqlite3_step(row);
    result = database_result(rc);
    if (rc != SQLITE_ROW)
        return result;
    ret->last_login_at = sqlite3_column_int64(row, 0);
    result = database_text(row, 1, ret->last_service, sizeof ret->last_service);
    if (result == STORE_OK)
        result = database_text(row, 2, ret->last_origin, sizeof ret->last_origin);
    sqlite3_reset(row);
    return result;
}

enum store_result activity_summarise_page(struct activity_log *log, const struct account *page,
                                          size_t count, const struct policy *policy, int64_t now,
                                          struct activity_summary *ret)
{
    sqlite3_stmt *locks = database_prepare(log->db, "SELECT count, last FROM failures WHERE uid = ?"
                                           " AND last > ? ORDER BY last DESC", "");
    sqlite3_stmt *logins = database_prepare(log->db,
                                            "SELECT at, service, origin FROM logins WHERE uid = ?",
                                            "");
    enum store_result result = STORE_FAILED;

    if (locks != NULL && logins != NULL)
        result = database_run(log->db, "BEGIN", ""); /* locked and unlocked once, not for each */
    for (size_t i = 0; result == STORE_OK && i < count; i++) {
        memset(&ret[i], 0, sizeof ret[i]);
        result = latest_lock(locks, page[i].uid, policy, now, &ret[i]);
        if (result == STORE_OK)
            result = last_login(logins, page[i].uid, &ret[i]);
    }
    database_finish(locks);
    database_finish(logins);
    if (!sqlite3_get_autocommit(log->db))
        database_run(log->db, "COMMIT", ""); /* read only: it cannot fail in a way that matters */
    return result;
}

enum store_result activity_summarise(struct activity_log *log, uint32_t uid,
                                     const struct policy *policy, int64_t now,
                                     struct activity_summary *ret)
{
    const struct account account = { .uid = uid };
    struct activity_summary summary;
    enum store_result result = activity_summarise_page(log, &account, 1, policy, now, &summary);

    if (result == STORE_OK)
        *ret = summary;
    return result;
}

/* -- locks -------------------------------------------------------------------------------- */

/* [{},{}] */
struct list {
    sqlite3_stmt *object; /* of an origin, failures and an end */
    sqlite3_str *text;
};

static bool add_lock(struct list *list, const char *origin, int64_t failures, int64_t until)
{
    bool added = database_bind(list->object, "tii", origin, failures, until) && sqlite3_step(list->object) == SQLITE_ROW;

    if (added)
        sqlite3_str_appendf(list->text, "%s%s", sqlite3_str_length(list->text) > 1 ? "," : "",
                            sqlite3_column_text(list->object, 0));
    sqlite3_reset(list->object);
    return added;
}

static enum store_result add_locks(sqlite3_stmt *row, const struct policy *policy, int64_t now, struct list *list)
{
    struct tally tally = { 0 };
    bool added = true;
    int rc = SQLITE_DONE;

    while (added && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        char origin[ORIGIN_SIZE];
        int64_t failures = sqlite3_column_int64(row, 0);
        int64_t until = add_origin(&tally, failures, sqlite3_column_int64(row, 1), policy, now);

        if (until != 0)
            added = database_text(row, 2, origin, sizeof origin) == STORE_OK && add_lock(list, origin, failures, until);
    }
    if (added && tally.everywhere != 0)
        added = add_lock(list, NULL, tally.failures, tally.everywhere);
    return added ? database_result(rc) : STORE_FAILED;
}

/* The text's end, where all went well. */
static enum store_result finish_list(enum store_result result, sqlite3_str *text, char **ret)
{
    char *whole;

    sqlite3_str_appendchar(text, 1, ']');
    if (sqlite3_str_errcode(text) != SQLITE_OK && result == STORE_OK)
        result = STORE_FAILED;
    whole = sqlite3_str_finish(text);
    if (result == STORE_OK)
        *ret = whole;
    else
        sqlite3_free(whole);
    return result;
}

enum store_result activity_locks_json(struct activity_log *log, uint32_t uid, const struct policy *policy, int64_t now,
                                      char **ret)
{
    struct list list = { .text = sqlite3_str_new(log->db) };
    sqlite3_stmt *row = database_prepare(log->db, "SELECT count, last, origin FROM failures WHERE uid = ? AND last > ?"
                                         " ORDER BY last DESC, origin", "ii", (int64_t)uid,
                                         activity_forgotten_until(policy, now));
    enum store_result result = STORE_FAILED;

    list.object = database_prepare(log->db, "SELECT json_object('origin', ?1, 'failures', ?2, 'until', "
                                   SQL_RFC3339("?3") ")", "");
    sqlite3_str_appendchar(list.text, 1, '[');
    if (row != NULL && list.object != NULL)
        result = add_locks(row, policy, now, &list);
    database_finish(list.object);
    database_finish(row);
    return finish_list(result, list.text, ret);
}

static enum store_result add_uids(sqlite3_stmt *row, const struct policy *policy, int64_t now, sqlite3_str *text)
{
    struct tally tally = { 0 };
    int64_t uid = 0, added = 0;
    int rc;

    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        if (sqlite3_column_int64(row, 0) != uid)
            tally = (struct tally){ 0 };
        uid = sqlite3_column_int64(row, 0);
        add_origin(&tally, sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2), policy, now);
        if (tally.locked_until == 0 || uid == added)
            continue;
        sqlite3_str_appendf(text, "%s%lld", added != 0 ? "," : "", (long long)uid);
        added = uid;
    }
    return database_result(rc);
}

enum store_result activity_locked_uids(struct activity_log *log, const struct policy *policy, int64_t now, char **ret)
{
    sqlite3_str *text = sqlite3_str_new(log->db);
    sqlite3_stmt *row = database_prepare(log->db, "SELECT uid, count, last FROM failures WHERE last > ? AND uid < ?"
                                         " ORDER BY uid, last DESC", "ii", activity_forgotten_until(policy, now),
                                         (int64_t)ACTIVITY_NOBODY);
    enum store_result result = STORE_FAILED;

    sqlite3_str_appendchar(text, 1, '[');
    if (row != NULL)
        result = add_uids(row, policy, now, text);
    database_finish(row);
    return finish_list(result, text, ret);
}
