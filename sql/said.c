/*
 * A database without a name: SQLite keeps it in its cache, and what is more in a file that it makes 0600 and unlinks at
 * once. Nothing of it outlives the process, so it needs no journal: after an error it is thrown away whole.
 */
#include "said.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "database.h"
#include "memory.h"
#include "store.h"

struct said_list {
    sqlite3 *db;
};

static const char schema[] =
    "PRAGMA temp_store=FILE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
    "CREATE TABLE said (number INTEGER PRIMARY KEY, entry_uuid TEXT NOT NULL UNIQUE, what INTEGER NOT NULL,"
    " word INTEGER NOT NULL DEFAULT 0, line TEXT, why TEXT NOT NULL DEFAULT '');"
    "BEGIN"; /* for ever: there is nobody else, and nothing is to be kept */

/* The disk of the store: /tmp may be memory, and has room for less. */
static bool name_folder(void)
{
    if (sqlite3_temp_directory == NULL)
        sqlite3_temp_directory = sqlite3_mprintf("%s", CODER_STATE_DIR);
    return sqlite3_temp_directory != NULL;
}

struct said_list *said_list_new(void)
{
    struct said_list *list = calloc(1, sizeof *list);

    if (list == NULL)
        return NULL;
    if (name_folder() && sqlite3_open_v2("", &list->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK &&
        sqlite3_extended_result_codes(list->db, 1) == SQLITE_OK && sqlite3_exec(list->db, schema, NULL, NULL, NULL) == SQLITE_OK)
        return list;
    said_list_free(list);
    return NULL;
}

void said_list_free(struct said_list *list)
{
    if (list != NULL)
        database_close(list->db, NULL);
    free(list);
}

enum store_result said_add_entry(struct said_list *list, const char *entry_uuid, enum said_what what, enum entry_word word,
                                 const char *line)
{
    return database_run(list->db,
                        "INSERT INTO said (entry_uuid, what, word, line) VALUES (?1, ?2, ?3, ?4)"
                        " ON CONFLICT DO UPDATE SET what = ?2, word = iif(?3 = 0, word, ?3), line = ?4",
                        "tiit", entry_uuid, (int64_t)what, (int64_t)word, line);
}

enum store_result said_add_uuid(struct said_list *list, const char *entry_uuid, enum said_what what)
{
    static const char present[] = "INSERT INTO said (entry_uuid, what) VALUES (?1, ?2)"
                                  " ON CONFLICT DO UPDATE SET what = ?2 WHERE line IS NULL";
    static const char gone[] = "INSERT INTO said (entry_uuid, what) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET what = ?2";

    return database_run(list->db, what == SAID_PRESENT ? present : gone, "ti", entry_uuid, (int64_t)what);
}

enum store_result said_refuse(struct said_list *list, int64_t number, const char *why)
{
    return database_run(list->db, "UPDATE said SET why = ?2 WHERE number = ?1", "it", number, why);
}

/* -- read --------------------------------------------------------------------------------- */

static enum store_result read_row(sqlite3_stmt *row, struct said *ret)
{
    enum store_result result = database_text(row, 1, ret->entry_uuid, sizeof ret->entry_uuid);

    if (result == STORE_OK)
        result = database_text(row, 4, ret->why, sizeof ret->why);
    ret->number = sqlite3_column_int64(row, 0);
    ret->what = (enum said_what)sqlite3_column_int(row, 2);
    ret->word = (enum entry_word)sqlite3_column_int(row, 3);
    return result;
}

static enum store_result read_one(struct said_list *list, sqlite3_stmt *row, struct said *ret)
{
    int rc = row != NULL ? sqlite3_step(row) : sqlite3_extended_errcode(list->db);
    enum store_result result = rc == SQLITE_DONE ? STORE_NOT_FOUND : database_result(rc);

    if (result == STORE_OK)
        result = read_row(row, ret);
    database_finish(row);
    return result;
}

#define ROW "SELECT number, entry_uuid, what, word, why FROM said WHERE "

enum store_result said_next(struct said_list *list, enum said_which which, int64_t after, struct said *ret)
{
    static const char *const queries[] = {
        [SAID_ENTRIES] = ROW "number > ? AND what < 2 ORDER BY number LIMIT 1",
        [SAID_UUIDS] = ROW "number > ? AND what > 1 ORDER BY number LIMIT 1",
        [SAID_DELETED] = ROW "number > ? AND word = 3 ORDER BY number LIMIT 1",
    };

    return read_one(list, database_prepare(list->db, queries[which], "i", after), ret);
}

enum store_result said_find(struct said_list *list, const char *entry_uuid, struct said *ret)
{
    return read_one(list, database_prepare(list->db, ROW "entry_uuid = ?", "t", entry_uuid), ret);
}

enum store_result said_line(struct said_list *list, int64_t number, char **ret)
{
    return database_copy(list->db, ret, "SELECT line FROM said WHERE number = ?", "i", number);
}
