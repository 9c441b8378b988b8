/*
 * The activity database as a file. Nothing in it is worth keeping: a damaged one is thrown away and
 * made again, and where the disk cannot be written its stand-in below /run takes over.
 */
#include "activity_file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "activity_log.h"
#include "database.h"
#include "migrations.h"
#include "store.h"
#include "store_files.h"

enum { ACTIVITY_VERSION = 1 };

static enum store_result prepare(sqlite3 *db)
{
    int64_t version = 0;
    enum store_result result = database_number(db, &version, "PRAGMA user_version", "");

    if (result == STORE_OK && version != 0 && version != ACTIVITY_VERSION)
        return STORE_DAMAGED; /* another release's: expendable too */
    if (result == STORE_OK)
        result = database_run(db, "PRAGMA journal_mode=TRUNCATE", "");
    if (result == STORE_OK)
        result = database_run(db, "PRAGMA synchronous=OFF", "");
    if (result != STORE_OK || version == ACTIVITY_VERSION)
        return result;
    if ((result = database_run(db, "BEGIN IMMEDIATE", "")) != STORE_OK)
        return result;
    result = database_number(db, &version, "PRAGMA user_version", "");
    if (result == STORE_OK && version == 0)
        result = database_result(sqlite3_exec(db, sql_activity, NULL, NULL, NULL));
    if (result == STORE_OK)
        result = database_run(db, "PRAGMA user_version=1", "");
    return result == STORE_OK ? database_run(db, "COMMIT", "") : result;
}

static void close_file(struct activity_log *log)
{
    database_close(log->db, &log->holder);
    log->db = NULL;
}

static enum store_result open_at(const char *folder, struct activity_log *log)
{
    enum store_result result = store_check_files(folder, "activity.db");

    if (result != STORE_OK && result != STORE_MISSING)
        return result;
    result = database_open(folder, "activity.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                           &log->holder, &log->db);
    if (result == STORE_OK && sqlite3_db_readonly(log->db, "main") == 1)
        result = STORE_FULL;
    if (result == STORE_OK)
        result = prepare(log->db);
    if (result != STORE_OK)
        close_file(log);
    return result;
}

void activity_discard(const char *folder)
{
    static const char *const names[] = { "activity.db", "activity.db-journal" };
    char path[4096];

    for (size_t i = 0; i < 2; i++)
        if (snprintf(path, sizeof path, "%s/%s", folder, names[i]) < (int)sizeof path)
            unlink(path);
}

void activity_make_folders(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    char parent[4096];
    int length = slash != NULL ? (int)(slash - folder) : 0;

    if (length > 0 &&
        snprintf(parent, sizeof parent, "%.*s", length, folder) < (int)sizeof parent &&
        mkdir(parent, 0755) == 0)
        chmod(parent, 0755); /* helper.sock is for everybody, whatever our umask */
    mkdir(folder, 0700);
}

enum store_result activity_move_on(struct activity_log *log, enum store_result result)
{
    close_file(log);
    if (result == STORE_DAMAGED) {
        activity_discard(log->folder);
        result = open_at(log->folder, log);
    }
    if (result == STORE_OK || log->standin == NULL)
        return result;
    log->folder = log->standin;
    log->standin = NULL;
    activity_make_folders(log->folder);
    result = open_at(log->folder, log);
    return result == STORE_DAMAGED ? activity_move_on(log, result) : result;
}

enum store_result activity_open(const char *private_dir, const char *run_dir,
                                struct activity_log **ret)
{
    struct activity_log *log = calloc(1, sizeof *log);
    enum store_result result;

    if (log == NULL)
        return STORE_FAILED;
    log->folder = private_dir;
    log->standin = run_dir;
    result = open_at(private_dir, log);
    if (result != STORE_OK && result != STORE_BUSY)
        result = activity_move_on(log, result);
    if (result == STORE_OK)
        *ret = log;
    else
        free(log);
    return result;
}

void activity_close(struct activity_log *log)
{
    if (log == NULL)
        return;
    close_file(log);
    free(log);
}
