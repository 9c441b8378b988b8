/*
 * Repeats without a row of their own. The count is expendable, as the attempts are; the change itself is in the store
 * and in the system log. Rows never change, so the count comes in a row of its own or in the next one.
 */
#include "repeats.h"

#include <sqlite3.h>
#include <string.h>

#include "account.h"
#include "activity_log.h"
#include "database.h"
#include "memory.h"
#include "store.h"
#include "store_accounts.h"
#include "store_audit.h"

enum { SETTLED_AT_ONCE = 100 };

/* -- counting ----------------------------------------------------------------------------- */

bool repeats_is_recent(struct store *store, const char *username, int64_t now)
{
    int64_t at = 0;

    return database_number(store->db, &at,
                           "SELECT at FROM audit WHERE username = ? AND event = ?"
                           " ORDER BY id DESC LIMIT 1", "tt", username, REPEATS_EVENT) == STORE_OK &&
           at <= now && now - at < REPEATS_SECONDS;
}

/* Files of former releases have no such table. */
static bool has_table(struct activity_log *log)
{
    int64_t count = 0;

    return database_number(log->db, &count,
                           "SELECT count(*) FROM sqlite_master WHERE name = 'repeats'", "") ==
               STORE_OK && count != 0;
}

enum store_result repeats_add(struct activity_log *log, uint32_t uid, int64_t now)
{
    enum store_result result = database_run(log->db,
        "CREATE TABLE IF NOT EXISTS repeats (uid INTEGER PRIMARY KEY, count INTEGER NOT NULL,"
        " last INTEGER NOT NULL) STRICT", "");

    if (result != STORE_OK)
        return result;
    return database_run(log->db,
        "INSERT INTO repeats VALUES (?1, 1, ?2)"
        " ON CONFLICT DO UPDATE SET count = count + 1, last = ?2", "ii", (int64_t)uid, now);
}

enum store_result repeats_take(struct activity_log *log, uint32_t uid, int64_t count)
{
    enum store_result result = database_run(log->db,
        "UPDATE repeats SET count = count - ?2 WHERE uid = ?1", "ii", (int64_t)uid, count);

    if (result == STORE_OK)
        result = database_run(log->db, "DELETE FROM repeats WHERE count <= 0", "");
    return result;
}

enum store_result repeats_count(struct activity_log *log, uint32_t uid, int64_t *ret)
{
    *ret = 0;
    if (!has_table(log))
        return STORE_OK;
    return database_number(log->db, ret,
        "SELECT coalesce((SELECT count FROM repeats WHERE uid = ?), 0)", "i", (int64_t)uid);
}

/* -- telling ------------------------------------------------------------------------------ */

struct repeated {
    int64_t uid, count, last;
};

/* How many there are, at most SETTLED_AT_ONCE. A time that lies ahead was before the clock was set back. */
static size_t read_due(struct activity_log *log, int64_t now, struct repeated ret[SETTLED_AT_ONCE])
{
    size_t count = 0;
    sqlite3_stmt *row = !has_table(log) ? NULL : database_prepare(log->db,
        "SELECT uid, count, last FROM repeats WHERE last NOT BETWEEN ?1 - ?2 + 1 AND ?1 LIMIT ?3",
        "iii", now, (int64_t)REPEATS_SECONDS, (int64_t)SETTLED_AT_ONCE);

    if (row == NULL)
        return 0;
    for (; count < SETTLED_AT_ONCE && sqlite3_step(row) == SQLITE_ROW; count++) {
        ret[count].uid = sqlite3_column_int64(row, 0);
        ret[count].count = sqlite3_column_int64(row, 1);
        ret[count].last = sqlite3_column_int64(row, 2);
    }
    database_finish(row);
    return count;
}

bool repeats_is_due(struct activity_log *log, int64_t now)
{
    struct repeated due[SETTLED_AT_ONCE];

    return read_due(log, now, due) > 0;
}

/* His own doing; where from, the first row says. Who was deleted since leaves no more rows. */
static enum store_result append_row(struct store *store, const struct repeated *repeated, int64_t now)
{
    char *detail = NULL;
    struct account account;
    enum store_result result = store_account_by_uid(store, (uint32_t)repeated->uid, &account);
    const struct audit_actor actor = { .login_uid = repeated->uid, .name = account.username,
                                       .via = "", .origin = "" };

    explicit_bzero(account.hash, sizeof account.hash);
    if (result == STORE_NOT_FOUND)
        return STORE_OK;
    if (result == STORE_OK)
        result = database_copy(store->db, &detail, "SELECT format('%d more, the last at %s', ?1, "
                               SQL_RFC3339("?2") ")", "ii", repeated->count, repeated->last);
    if (result == STORE_OK)
        result = store_audit_append(store, &actor, REPEATS_EVENT, &account, &account, detail, now);
    store_text_free(detail);
    return result;
}

enum store_result repeats_settle(struct store *store, struct activity_log *log, int64_t now)
{
    struct repeated due[SETTLED_AT_ONCE];
    size_t count = read_due(log, now, due);
    enum store_result result = count > 0 ? store_begin(store) : STORE_OK;

    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = append_row(store, &due[i], now);
    if (count > 0 && result == STORE_OK)
        result = store_commit(store);
    if (count > 0 && result != STORE_OK)
        store_rollback(store);
    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = repeats_take(log, (uint32_t)due[i].uid, due[i].count);
    return result;
}
