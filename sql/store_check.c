/*
 * Looking for damage. The schema is compared word by word with what the migrations make in memory:
 * a trigger that somebody dropped is a rule nobody keeps any more.
 */
#include "store_check.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "database.h"
#include "holder.h"
#include "memory.h"
#include "policy.h"
#include "schema.h"
#include "ssh_key.h"
#include "ssh_key_set.h"
#include "store.h"
#include "store_files.h"

enum { FAULTS_MAX = 100 };

/* -- integrity ---------------------------------------------------------------------------- */

static bool is_about_index(const char *fault)
{
    return strstr(fault, " missing from index ") != NULL ||
           strstr(fault, "wrong # of entries in index ") == fault;
}

enum store_result store_check_integrity(struct store *store, char ret[STORE_FAULT_SIZE],
                                        bool *ret_indexes)
{
    sqlite3_stmt *row = database_prepare(store->db, "PRAGMA integrity_check(100)", "");
    char first[STORE_FAULT_SIZE] = "";
    bool indexes = true;
    int rc;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        const char *fault = (const char *)sqlite3_column_text(row, 0);

        if (fault == NULL || strcmp(fault, "ok") == 0)
            continue;
        indexes = indexes && is_about_index(fault);
        if (first[0] == '\0')
            snprintf(first, sizeof first, "%s", fault);
    }
    database_finish(row);
    if (rc != SQLITE_DONE)
        return database_result(rc);
    memcpy(ret, first, sizeof first);
    *ret_indexes = indexes;
    return STORE_OK;
}

enum store_result store_check_orphans(struct store *store, int64_t *ret)
{
    return database_number(store->db, ret, "SELECT count(*) FROM pragma_foreign_key_check", "");
}

/* -- schema ------------------------------------------------------------------------------- */

#define SCHEMA "SELECT type, name, coalesce(sql, '') FROM sqlite_schema" \
               " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"

/* The first object of `of` that `in` has not, or has otherwise. */
static enum store_result find_difference(sqlite3 *of, sqlite3 *in, const char *how,
                                         char ret[STORE_FAULT_SIZE])
{
    enum store_result result = STORE_OK;
    sqlite3_stmt *row = database_prepare(of, SCHEMA, "");
    int rc = SQLITE_DONE;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(of));
    while (result == STORE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        const char *type = (const char *)sqlite3_column_text(row, 0);
        const char *name = (const char *)sqlite3_column_text(row, 1);
        int64_t same = 0;

        result = database_number(in, &same, "SELECT count(*) FROM sqlite_schema WHERE type = ? AND"
                                 " name = ? AND coalesce(sql, '') = ?", "ttt", type, name,
                                 (const char *)sqlite3_column_text(row, 2));
        if (result == STORE_OK && same == 0) {
            snprintf(ret, STORE_FAULT_SIZE, "the %.20s %.100s %s", type, name, how);
            break;
        }
    }
    database_finish(row);
    return result != STORE_OK ? result : database_result(rc);
}

enum store_result store_check_schema(struct store *store, char ret[STORE_FAULT_SIZE])
{
    char fault[STORE_FAULT_SIZE] = "";
    sqlite3 *ours = NULL;
    enum store_result result = database_result(sqlite3_open(":memory:", &ours));

    if (result == STORE_OK)
        result = schema_make(ours);
    if (result == STORE_OK)
        result = find_difference(ours, store->db, "is missing or changed", fault);
    if (result == STORE_OK && fault[0] == '\0')
        result = find_difference(store->db, ours, "is not ours", fault);
    database_close(ours, NULL);
    if (result == STORE_OK)
        memcpy(ret, fault, sizeof fault);
    return result;
}

/* -- contents ----------------------------------------------------------------------------- */

enum store_result store_check_policy(struct store *store, char ret[STORE_FAULT_SIZE])
{
    sqlite3_stmt *row =
        database_prepare(store->db, "SELECT key, value FROM policy ORDER BY key", "");
    char fault[STORE_FAULT_SIZE] = "";
    struct policy policy;
    int rc;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    policy_defaults(&policy);
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(row, 0);
        const char *value = (const char *)sqlite3_column_text(row, 1);

        if (fault[0] == '\0' && (key == NULL || value == NULL || !policy_set(&policy, key, value)))
            snprintf(fault, sizeof fault, "%s", key != NULL && key[0] != '\0' ? key : "?");
    }
    database_finish(row);
    if (rc == SQLITE_DONE)
        memcpy(ret, fault, sizeof fault);
    return database_result(rc);
}

enum store_result store_check_texts(struct store *store, char ret[STORE_FAULT_SIZE])
{
    char *name = NULL;
    enum store_result result = database_copy(store->db, &name,
        "SELECT username FROM accounts WHERE max(length(CAST(full_name AS BLOB)) - 256,"
        " length(CAST(home AS BLOB)) - 512, length(CAST(shell AS BLOB)) - 512) > 0"
        " OR instr(CAST(full_name || home || shell AS BLOB), x'00') > 0 ORDER BY uid LIMIT 1", "");

    if (result != STORE_OK && result != STORE_NOT_FOUND)
        return result;
    snprintf(ret, STORE_FAULT_SIZE, "%s", name != NULL ? name : "");
    store_text_free(name);
    return STORE_OK;
}

/* Written down as it would be now, and called by its own fingerprint. */
static bool is_good_key(sqlite3_stmt *row)
{
    const char *fingerprint = (const char *)sqlite3_column_text(row, 1);
    const char *line = (const char *)sqlite3_column_text(row, 2);
    struct ssh_key key;

    return fingerprint != NULL && line != NULL && ssh_key_fault(line, &key) == NULL &&
           strcmp(key.line, line) == 0 && strcmp(key.fingerprint, fingerprint) == 0;
}

/* The row's id and name into ret. */
static enum store_result read_bad_key(sqlite3_stmt *row, struct bad_key *ret)
{
    ret->id = sqlite3_column_int64(row, 0);
    return database_text(row, 3, ret->username, sizeof ret->username);
}

static enum store_result find_bad_key(struct store *store, struct bad_key *ret)
{
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT k.id, k.fingerprint, k.line, a.username FROM account_keys k JOIN accounts a USING (uid) ORDER BY k.id", "");
    enum store_result result = STORE_NOT_FOUND;
    int rc = SQLITE_DONE;

    if (row == NULL)
        return database_result(sqlite3_extended_errcode(store->db));
    while (result == STORE_NOT_FOUND && (rc = sqlite3_step(row)) == SQLITE_ROW)
        if (!is_good_key(row))
            result = read_bad_key(row, ret);
    database_finish(row);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? result : database_result(rc);
}

enum store_result store_check_keys(struct store *store, struct bad_key *ret)
{
    char *name = NULL;
    enum store_result result = find_bad_key(store, ret);

    if (result != STORE_NOT_FOUND)
        return result;
    result = database_copy(store->db, &name,
        "SELECT username FROM account_keys JOIN accounts USING (uid) GROUP BY uid"
        " HAVING count(*) > ? OR sum(length(CAST(line AS BLOB)) + 1) > ? ORDER BY uid LIMIT 1", "ii",
        (int64_t)SSH_KEYS_MAX, (int64_t)SSH_KEYS_TEXT_SIZE);
    if (result == STORE_OK) {
        ret->id = 0;
        snprintf(ret->username, sizeof ret->username, "%s", name);
    }
    store_text_free(name);
    return result;
}

enum store_result store_check_shared_home(struct store *store, struct shared_home *ret)
{
    struct shared_home next = { .home = "" };
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT home, min(username), max(username) FROM accounts WHERE home > ?"
        " GROUP BY home HAVING count(*) > 1 ORDER BY home LIMIT 1", "t", ret->home);
    int rc = row != NULL ? sqlite3_step(row) : SQLITE_ERROR;
    enum store_result result = rc == SQLITE_DONE  ? STORE_NOT_FOUND
                               : rc == SQLITE_ROW ? STORE_OK
                                                  : database_result(rc);

    if (result == STORE_OK)
        result = database_text(row, 0, next.home, sizeof next.home);
    if (result == STORE_OK)
        result = database_text(row, 1, next.first, sizeof next.first);
    if (result == STORE_OK)
        result = database_text(row, 2, next.last, sizeof next.last);
    database_finish(row);
    if (result == STORE_OK)
        *ret = next;
    return result;
}

enum store_result store_check_primary(struct store *store, struct primary_group *ret)
{
    struct primary_group next = { .gid = 0 };
    sqlite3_stmt *row = database_prepare(store->db,
        "SELECT gid, count(*), (SELECT group_concat(username, ', ') FROM"
        "  (SELECT username FROM accounts WHERE gid = a.gid ORDER BY username LIMIT ?2))"
        " FROM accounts a WHERE gid > ?1 GROUP BY gid ORDER BY gid LIMIT 1", "ii", (int64_t)ret->gid,
        (int64_t)PRIMARY_NAMES);
    int rc = row != NULL ? sqlite3_step(row) : SQLITE_ERROR;
    enum store_result result = rc == SQLITE_DONE  ? STORE_NOT_FOUND
                               : rc == SQLITE_ROW ? STORE_OK
                                                  : database_result(rc);

    if (result == STORE_OK) {
        next.gid = (uint32_t)sqlite3_column_int64(row, 0);
        next.count = sqlite3_column_int64(row, 1);
        result = database_text(row, 2, next.names, sizeof next.names);
    }
    database_finish(row);
    if (result == STORE_OK)
        *ret = next;
    return result;
}

enum store_result store_check_newest(struct store *store, int64_t *ret)
{
    return database_number(store->db, ret,
        "SELECT max(coalesce((SELECT max(at) FROM audit), 0),"
        " coalesce((SELECT max(created_at) FROM accounts), 0),"
        " coalesce((SELECT max(password_changed_at) FROM accounts), 0))", "");
}

/* -- mending ------------------------------------------------------------------------------ */

static enum store_result copy_into(sqlite3 *from, const char *path)
{
    sqlite3_backup *backup;
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL);

    if (rc == SQLITE_OK) {
        backup = sqlite3_backup_init(to, "main", from, "main");
        if (backup != NULL)
            sqlite3_backup_step(backup, -1);
        rc = backup != NULL ? sqlite3_backup_finish(backup) : sqlite3_errcode(to);
    }
    sqlite3_close(to);
    return database_result(rc);
}

enum store_result store_check_copy(struct store *store, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    enum store_result result;

    if (fd == -1)
        return STORE_TAKEN;
    close(fd);
    result = copy_into(store->db, path);
    if (result != STORE_OK)
        unlink(path);
    return result;
}

enum store_result store_reindex(struct store *store)
{
    return database_run(store->db, "REINDEX", "");
}

/* -- the log of attempts ------------------------------------------------------------------ */

static enum store_result check_whole(sqlite3 *db)
{
    int64_t bad = 0, tables = 0;
    enum store_result result = database_number(db, &bad,
        "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'", "");

    if (result == STORE_OK)
        result = database_number(db, &tables, "SELECT count(*) FROM failures, pending WHERE 0", "");
    return result == STORE_OK && bad != 0 ? STORE_DAMAGED : result;
}

enum store_result activity_check(const char *private_dir)
{
    enum store_result result = store_check_files(private_dir, "activity.db");
    struct holder holder = { .fd = -1 };
    sqlite3 *db = NULL;

    if (result != STORE_OK)
        return result;
    result = database_open(private_dir, "activity.db", SQLITE_OPEN_READWRITE, &holder, &db);
    if (result == STORE_OK)
        result = check_whole(db);
    database_close(db, &holder);
    return result;
}
