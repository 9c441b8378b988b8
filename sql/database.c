/*
 * SQLite as our databases use it: opened after its files are checked, statements with bound
 * parameters only, and every statement finished before the function that started it returns. A
 * finished one is reset, holds no lock and no value, and is kept for the next time: preparing it
 * costs more than most of them do, and an import runs the same ten for each account.
 */
#include "database.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deadline.h"
#include "guard.h"
#include "holder.h"
#include "store.h"

enum { WORK_STEPS = 100000 }; /* of SQLite's machine: more than any single change takes */
enum { KEPT_MAX = 24 }; /* statements of one database: more than any long work takes turns with */

enum store_result database_result(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STORE_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STORE_BUSY;
    case SQLITE_CONSTRAINT:
        if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
            return STORE_TAKEN;
        return STORE_REFUSED;
    case SQLITE_FULL:
    case SQLITE_READONLY:
        return STORE_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* our statements are right, so a table or column is not */
        return STORE_DAMAGED;
    default:
        return STORE_FAILED;
    }
}

/* For sqlite3_progress_handler: a long work that goes on is not stopped. */
static int go_on(void *context)
{
    (void)context;
    deadline_renew(0);
    return 0;
}

static bool configure(sqlite3 *db, struct holder *holder)
{
    static const int on[] = { SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_FKEY,
                              SQLITE_DBCONFIG_ENABLE_TRIGGER,
                              /* a foreign file is looked at and not written to, WAL or not */
                              SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE };

    holder->path = sqlite3_db_filename(db, "main");
    sqlite3_busy_handler(db, holder_wait, holder);
    sqlite3_progress_handler(db, WORK_STEPS, go_on, NULL);
    sqlite3_extended_result_codes(db, 1);
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
        if (sqlite3_db_config(db, on[i], 1, NULL) != SQLITE_OK)
            return false;
    return sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK &&
           sqlite3_exec(db,
                        "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_spill=OFF;"
                        "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;",
                        NULL, NULL, NULL) == SQLITE_OK;
}

enum store_result database_open(const char *folder, const char *name, int flags,
                                struct holder *holder, sqlite3 **ret)
{
    char path[4096];
    sqlite3 *db = NULL;
    mode_t umask_before;
    int rc;

    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return STORE_FAILED;
    umask_before = umask(0177); /* SQLite makes files 0644 less the umask */
    rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX,
                         guard_vfs());
    umask(umask_before);
    *holder = (struct holder){ .fd = -1 };
    if (rc == SQLITE_OK && configure(db, holder)) {
        *ret = db;
        return STORE_OK;
    }
    database_close(db, holder);
    return rc == SQLITE_CANTOPEN || rc == SQLITE_OK ? STORE_FAILED : database_result(rc);
}

enum store_result database_open_memory(unsigned char *bytes, size_t size, struct holder *holder,
                                       sqlite3 **ret)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open(":memory:", &db);

    *holder = (struct holder){ .fd = -1 };
    if (rc == SQLITE_OK && bytes != NULL)
        rc = sqlite3_deserialize(db, "main", bytes, (sqlite3_int64)size, (sqlite3_int64)size,
                                 SQLITE_DESERIALIZE_READONLY);
    if (rc == SQLITE_OK && configure(db, holder)) {
        *ret = db;
        return STORE_OK;
    }
    database_close(db, holder);
    return rc == SQLITE_OK ? STORE_FAILED : database_result(rc);
}

void database_close(sqlite3 *db, struct holder *holder)
{
    sqlite3_stmt *kept;

    while (db != NULL && (kept = sqlite3_next_stmt(db, NULL)) != NULL)
        sqlite3_finalize(kept);
    sqlite3_close(db);
    if (db == NULL || holder == NULL)
        return;
    if (holder->fd >= 0)
        close(holder->fd);
    holder->fd = -1;
}

/* -- statements --------------------------------------------------------------------------- */

static int bind_list(sqlite3_stmt *statement, const char *types, va_list list)
{
    int rc = SQLITE_OK;

    for (int i = 0; rc == SQLITE_OK && types[i] != '\0'; i++) {
        if (types[i] == 'i')
            rc = sqlite3_bind_int64(statement, i + 1, va_arg(list, int64_t));
        else
            rc = sqlite3_bind_text(statement, i + 1, va_arg(list, const char *), -1, SQLITE_STATIC);
    }
    return rc;
}

/* The kept statement of this text, NULL without one; SQLite itself has the list, newest first. The
 * oldest makes way when there are too many. */
static sqlite3_stmt *find_kept(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *oldest = NULL;
    int count = 0;

    for (sqlite3_stmt *one = sqlite3_next_stmt(db, NULL); one != NULL;
         one = sqlite3_next_stmt(db, one)) {
        if (sqlite3_stmt_busy(one))
            continue;
        if (strcmp(sqlite3_sql(one), sql) == 0)
            return one;
        oldest = one;
        count++;
    }
    if (count >= KEPT_MAX)
        sqlite3_finalize(oldest);
    return NULL;
}

static sqlite3_stmt *prepare_list(sqlite3 *db, const char *sql, const char *types, va_list list)
{
    sqlite3_stmt *statement = find_kept(db, sql);

    if ((statement != NULL || sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK) &&
        bind_list(statement, types, list) == SQLITE_OK)
        return statement;
    sqlite3_finalize(statement);
    return NULL;
}

/* Some pragmas act when they are prepared: they have to be, each time. */
static bool is_kept(sqlite3_stmt *statement)
{
    return sqlite3_strnicmp(sqlite3_sql(statement), "PRAGMA", 6) != 0;
}

void database_finish(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    if (!is_kept(statement)) {
        sqlite3_finalize(statement);
        return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement); /* they are the caller's, may be secrets, and end with him */
}

bool database_bind(sqlite3_stmt *statement, const char *types, ...)
{
    va_list list;
    int rc;

    sqlite3_reset(statement);
    va_start(list, types);
    rc = bind_list(statement, types, list);
    va_end(list);
    return rc == SQLITE_OK;
}

sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list list;

    va_start(list, types);
    statement = prepare_list(db, sql, types, list);
    va_end(list);
    return statement;
}

/* Prepare and step once: OK with a row, NOT_FOUND without. *ret is to be finished in every
 * case. */
static enum store_result first_row(sqlite3 *db, const char *sql, const char *types, va_list list,
                                   sqlite3_stmt **ret)
{
    int rc;

    *ret = prepare_list(db, sql, types, list);
    if (*ret == NULL)
        return database_result(sqlite3_extended_errcode(db));
    rc = sqlite3_step(*ret);
    return rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);
}

enum store_result database_run(sqlite3 *db, const char *sql, const char *types, ...)
{
    enum store_result result;
    sqlite3_stmt *statement;
    va_list list;

    va_start(list, types);
    result = first_row(db, sql, types, list, &statement);
    va_end(list);
    while (result == STORE_OK) { /* rows are passed over */
        int rc = sqlite3_step(statement);

        result = rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);
    }
    database_finish(statement);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum store_result database_number(sqlite3 *db, int64_t *ret, const char *sql, const char *types,
                                  ...)
{
    enum store_result result;
    sqlite3_stmt *statement;
    va_list list;

    va_start(list, types);
    result = first_row(db, sql, types, list, &statement);
    va_end(list);
    if (result == STORE_OK)
        *ret = sqlite3_column_int64(statement, 0);
    database_finish(statement);
    return result;
}

enum store_result database_copy(sqlite3 *db, char **ret, const char *sql, const char *types, ...)
{
    enum store_result result;
    sqlite3_stmt *statement;
    char *copy = NULL;
    va_list list;

    va_start(list, types);
    result = first_row(db, sql, types, list, &statement);
    va_end(list);
    if (result == STORE_OK && sqlite3_column_type(statement, 0) == SQLITE_NULL)
        result = STORE_NOT_FOUND;
    else if (result == STORE_OK)
        copy = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    database_finish(statement);
    if (result != STORE_OK)
        return result;
    if (copy == NULL)
        return STORE_FAILED;
    *ret = copy;
    return STORE_OK;
}

enum store_result database_page(sqlite3 *db, sqlite3_stmt *row, database_reader *read, void *page, size_t size, size_t count,
                                size_t *ret)
{
    enum store_result result = STORE_OK;
    int rc = SQLITE_DONE;

    *ret = 0;
    if (row == NULL)
        return database_result(sqlite3_extended_errcode(db));
    while (result == STORE_OK && *ret < count && (rc = sqlite3_step(row)) == SQLITE_ROW)
        result = read(row, (char *)page + (*ret)++ * size);
    database_finish(row);
    return result == STORE_OK ? database_result(rc) : result;
}

enum store_result database_text(sqlite3_stmt *row, int column, char *ret, size_t size)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    size_t length = (size_t)sqlite3_column_bytes(row, column);

    if (text == NULL) {
        ret[0] = '\0';
        return sqlite3_column_type(row, column) == SQLITE_NULL ? STORE_OK : STORE_FAILED;
    }
    if (length >= size || memchr(text, '\0', length) != NULL)
        return STORE_DAMAGED;
    memcpy(ret, text, length + 1);
    return STORE_OK;
}
