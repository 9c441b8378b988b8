/*
 * Who was let open a session. Rows of processes that are gone are dropped as others come: the oldest are looked at, and
 * who lives still becomes the youngest.
 */
#include "openings.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "activity_file.h"
#include "activity_log.h"
#include "database.h"
#include "store.h"

enum { LOOKED_AT = 8, BOOT_SIZE = 64, START_FIELD = 22 };

/* -- processes ---------------------------------------------------------------------------- */

/* The first line of a file of proc(5); "" if there is none. */
static void read_line(const char *path, char *ret, size_t size)
{
    FILE *file = fopen(path, "re");

    if (file == NULL || fgets(ret, (int)size, file) == NULL)
        ret[0] = '\0';
    if (file != NULL)
        fclose(file);
    ret[strcspn(ret, "\n")] = '\0';
}

/* A start means this boot's clock alone (random(4)). */
static void read_boot(char ret[static BOOT_SIZE])
{
    read_line("/proc/sys/kernel/random/boot_id", ret, BOOT_SIZE);
}

/* -1: there is none of this number. What follows the name, the second field, which may hold any octet. */
static int64_t start_of(pid_t pid)
{
    char path[64], stat[1024] = "";
    const char *rest;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return -1;
    stat[fread(stat, 1, sizeof stat - 1, file)] = '\0';
    fclose(file);
    rest = strrchr(stat, ')');
    for (int i = 2; i < START_FIELD && rest != NULL; i++)
        rest = strchr(rest + 1, ' ');
    return rest == NULL ? -1 : strtoll(rest, NULL, 10);
}

static bool is_alive(const struct opening *opening)
{
    return start_of(opening->pid) == opening->start;
}

/* -- adding ------------------------------------------------------------------------------- */

/* Files of former releases have no such table. */
static enum store_result make_table(sqlite3 *db)
{
    return database_run(db,
        "CREATE TABLE IF NOT EXISTS openings (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL,"
        " pid INTEGER NOT NULL, start INTEGER NOT NULL, boot TEXT NOT NULL,"
        " UNIQUE (uid, pid, start)) STRICT", "");
}

/* What is looked up in /proc, which nobody who holds a lock waits for. */
struct addition {
    uint32_t uid;
    struct opening opening;
    char boot[BOOT_SIZE];
    struct {
        int64_t id;
        struct opening opening;
        bool lives;
    } oldest[LOOKED_AT];
    size_t count;
};

static void read_oldest(sqlite3 *db, struct addition *ret)
{
    sqlite3_stmt *row = database_prepare(db, "SELECT id, pid, start FROM openings ORDER BY id LIMIT ?",
                                         "i", (int64_t)LOOKED_AT);

    for (; row != NULL && ret->count < LOOKED_AT && sqlite3_step(row) == SQLITE_ROW; ret->count++) {
        ret->oldest[ret->count].id = sqlite3_column_int64(row, 0);
        ret->oldest[ret->count].opening.pid = (pid_t)sqlite3_column_int64(row, 1);
        ret->oldest[ret->count].opening.start = sqlite3_column_int64(row, 2);
    }
    database_finish(row);
    for (size_t i = 0; i < ret->count; i++)
        ret->oldest[i].lives = is_alive(&ret->oldest[i].opening);
}

/* Others may have done so, too, and given the number to another row. */
static enum store_result drop_gone(sqlite3 *db, const struct addition *addition)
{
    enum store_result result = STORE_OK;

    for (size_t i = 0; i < addition->count && result == STORE_OK; i++)
        result = database_run(db, addition->oldest[i].lives
            ? "UPDATE openings SET id = (SELECT max(id) + 1 FROM openings) WHERE id = ? AND pid = ? AND start = ?"
            : "DELETE FROM openings WHERE id = ? AND pid = ? AND start = ?", "iii", addition->oldest[i].id,
            (int64_t)addition->oldest[i].opening.pid, addition->oldest[i].opening.start);
    return result;
}

static enum store_result add(sqlite3 *db, const struct addition *addition)
{
    enum store_result result = make_table(db);

    if (result == STORE_OK)
        result = database_run(db, "DELETE FROM openings WHERE boot <> ?", "t", addition->boot);
    if (result == STORE_OK)
        result = drop_gone(db, addition);
    if (result == STORE_OK)
        result = database_run(db, "INSERT OR REPLACE INTO openings (uid, pid, start, boot) VALUES (?, ?, ?, ?)", "iiit",
                              (int64_t)addition->uid, (int64_t)addition->opening.pid, addition->opening.start,
                              addition->boot);
    if (result == STORE_OK)
        result = database_run(db, "DELETE FROM openings WHERE id IN"
                              " (SELECT id FROM openings ORDER BY id DESC LIMIT -1 OFFSET ?)", "i",
                              (int64_t)OPENINGS_MAX);
    return result;
}

static enum store_result add_once(struct activity_log *log, const struct addition *addition)
{
    enum store_result result = database_run(log->db, "BEGIN IMMEDIATE", "");

    if (result == STORE_OK)
        result = add(log->db, addition);
    if (result == STORE_OK)
        result = database_run(log->db, "COMMIT", "");
    if (!sqlite3_get_autocommit(log->db))
        database_run(log->db, "ROLLBACK", "");
    return result;
}

enum store_result openings_add(struct activity_log *log, uint32_t uid, pid_t pid)
{
    struct addition addition = { .uid = uid, .opening = { .pid = pid, .start = start_of(pid) } };
    enum store_result result;

    if (addition.opening.start < 0)
        return STORE_FAILED;
    read_boot(addition.boot);
    read_oldest(log->db, &addition);
    result = add_once(log, &addition);
    if (result == STORE_FULL || result == STORE_DAMAGED || result == STORE_FAILED)
        if (activity_move_on(log, result) == STORE_OK)
            result = add_once(log, &addition);
    return result;
}

/* -- reading ------------------------------------------------------------------------------ */

static bool append(struct openings *openings, const struct opening *opening)
{
    struct opening *grown = reallocarray(openings->all, openings->count + 1, sizeof *grown);

    if (grown == NULL)
        return false;
    openings->all = grown;
    openings->all[openings->count++] = *opening;
    return true;
}

static enum store_result read_rows(sqlite3_stmt *row, struct openings *ret)
{
    int rc;

    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        const struct opening opening = { .pid = (pid_t)sqlite3_column_int64(row, 0),
                                         .start = sqlite3_column_int64(row, 1) };

        if (!append(ret, &opening))
            return STORE_FAILED;
    }
    return database_result(rc);
}

static void drop_dead(struct openings *openings)
{
    size_t count = 0;

    for (size_t i = 0; i < openings->count; i++)
        if (is_alive(&openings->all[i]))
            openings->all[count++] = openings->all[i];
    openings->count = count;
}

enum store_result openings_read(struct activity_log *log, uint32_t uid, struct openings *ret)
{
    int64_t tables = 0;
    char boot[BOOT_SIZE];
    sqlite3_stmt *row;
    enum store_result result = database_number(log->db, &tables,
        "SELECT count(*) FROM sqlite_master WHERE name = 'openings'", "");

    if (result != STORE_OK || tables == 0)
        return result;
    read_boot(boot);
    row = database_prepare(log->db, "SELECT pid, start FROM openings WHERE uid = ? AND boot = ?", "it", (int64_t)uid,
                           boot);
    if (row == NULL)
        return database_result(sqlite3_extended_errcode(log->db));
    result = read_rows(row, ret);
    database_finish(row);
    drop_dead(ret);
    return result;
}

void openings_free(struct openings *openings)
{
    free(openings->all);
    *openings = (struct openings){ 0 };
}
