/*
 * What store and activity share: one way to run a statement and to read SQLite's answers. Internal
 * to sql/, the only folder that includes sqlite3.h.
 */
#ifndef CODER_DATABASE_H
#define CODER_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holder.h"
#include "store.h"

struct store {
    sqlite3 *db;
    struct holder holder;
};

/* The role set in parameter ?8 as a JSON array of names. */
#define SQL_ROLES \
    "json((SELECT json_group_array(name) FROM (SELECT 'member' AS name" \
    " UNION ALL SELECT 'auditor' WHERE ?8 & 2 UNION ALL SELECT 'admin' WHERE ?8 & 4)))"

/* Unix seconds as RFC 3339 text in UTC; 0 and NULL give NULL. */
#define SQL_RFC3339(value) "strftime('%Y-%m-%dT%H:%M:%SZ', nullif(" value ", 0), 'unixepoch')"

/* SQLite's result code as ours. */
enum store_result database_result(int rc);

/* Open <folder>/<name> after the checks of store_check_files, with the settings every one of our
 * databases has. flags: SQLITE_OPEN_*. holder: stays where it is until database_close. */
enum store_result database_open(const char *folder, const char *name, int flags,
                                struct holder *holder, sqlite3 **ret);
void database_close(sqlite3 *db, struct holder *holder); /* both may be NULL */

/* The same for a database in memory: empty, or the bytes of a file, borrowed and never written. */
enum store_result database_open_memory(unsigned char *bytes, size_t size, struct holder *holder,
                                       sqlite3 **ret);

/*
 * Prepare `sql` and bind the arguments after `types`, one letter each: i int64_t, t text (NULL:
 * null). Texts must stay valid until database_finish, which every one of them needs. NULL when it
 * cannot be prepared. A finished statement of the same text is used again, and so is one that is
 * not stepped yet: no second one of a text until then.
 */
sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql, const char *types, ...);

/* The statement is over: reset, so that it holds no lock, and without its values. NULL: nothing. */
void database_finish(sqlite3_stmt *statement);

/* Other values for the same statement, which begins anew. False when they cannot be bound. */
bool database_bind(sqlite3_stmt *statement, const char *types, ...);

/* database_prepare, run to its end, finish: for statements without rows. */
enum store_result database_run(sqlite3 *db, const char *sql, const char *types, ...);

/* The same for one row of one number: NOT_FOUND without a row. */
enum store_result database_number(sqlite3 *db, int64_t *ret, const char *sql, const char *types,
                                  ...);

/* The same for one row of one text: a copy for store_text_free. NULL gives NOT_FOUND. */
enum store_result database_copy(sqlite3 *db, char **ret, const char *sql, const char *types, ...);

/* One row into one place. */
typedef enum store_result database_reader(sqlite3_stmt *row, void *ret);

/*
 * Read up to `count` rows into `page`, whose places are `size` octets, and finish. row: as database_prepare gave it, NULL
 * included. *ret is how many places were written, after a failure with that of the row that could not be read.
 */
enum store_result database_page(sqlite3 *db, sqlite3_stmt *row, database_reader *read, void *page, size_t size, size_t count,
                                size_t *ret);

/* Copy a text column; longer than the buffer is damage (the schema limits it). NULL gives "". */
enum store_result database_text(sqlite3_stmt *row, int column, char *ret, size_t size);

#endif
