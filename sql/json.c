/*
 * One statement in a database of its own in memory: the values are bound, never part of the SQL.
 */
#include "json.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PAIRS_MAX = 24, SQL_SIZE = 64 + PAIRS_MAX * 80 };

/* What is put around the value's parameter. */
struct wrapping {
    const char *before, *after;
};

static struct wrapping wrapping_of(char type)
{
    switch (type) {
    case 'b':
        return (struct wrapping){ "json(iif(", ", 'true', 'false'))" };
    case 'w':
        return (struct wrapping){ "strftime('%Y-%m-%dT%H:%M:%SZ', nullif(", ", 0), 'unixepoch')" };
    case 'j':
        return (struct wrapping){ "json(", ")" };
    default:
        return (struct wrapping){ "", "" };
    }
}

/* "SELECT json_object(?1, ?2, ?3, json(?4))" */
static bool write_sql(const char *types, char ret[SQL_SIZE])
{
    size_t used = (size_t)snprintf(ret, SQL_SIZE, "SELECT json_object(");
    int number = 1;

    if (strlen(types) > PAIRS_MAX)
        return false;
    for (const char *type = types; *type != '\0'; type++, number += 2) {
        struct wrapping around = wrapping_of(*type);

        used += (size_t)snprintf(ret + used, SQL_SIZE - used, "%s?%d, %s?%d%s",
                                 number > 1 ? ", " : "", number, around.before, number + 1,
                                 around.after);
    }
    snprintf(ret + used, SQL_SIZE - used, ")");
    return true;
}

static int bind_value(sqlite3_stmt *statement, int number, char type, va_list *list)
{
    switch (type) {
    case 'b':
        return sqlite3_bind_int(statement, number, va_arg(*list, int));
    case 'i':
    case 'w':
        return sqlite3_bind_int64(statement, number, va_arg(*list, int64_t));
    default:
        return sqlite3_bind_text(statement, number, va_arg(*list, const char *), -1, SQLITE_STATIC);
    }
}

static int bind_pairs(sqlite3_stmt *statement, const char *types, va_list *list)
{
    int rc = SQLITE_OK, number = 1;

    for (; rc == SQLITE_OK && *types != '\0'; types++, number += 2) {
        rc = sqlite3_bind_text(statement, number, va_arg(*list, const char *), -1, SQLITE_STATIC);
        if (rc == SQLITE_OK)
            rc = bind_value(statement, number + 1, *types, list);
    }
    return rc;
}

static char *run(sqlite3 *db, const char *sql, const char *types, va_list *list)
{
    sqlite3_stmt *statement = NULL;
    char *text = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        bind_pairs(statement, types, list) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        text = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
}

char *json_make_object(const char *types, ...)
{
    char sql[SQL_SIZE], *text = NULL;
    sqlite3 *db = NULL;
    va_list list;

    va_start(list, types);
    if (write_sql(types, sql) && sqlite3_open(":memory:", &db) == SQLITE_OK)
        text = run(db, sql, types, &list);
    va_end(list);
    sqlite3_close(db);
    return text;
}

/* "a","b" */
static bool quote_all(sqlite3_stmt *quote, const char *const *texts, size_t count, sqlite3_str *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (sqlite3_bind_text(quote, 1, texts[i], -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(quote) != SQLITE_ROW)
            return false;
        sqlite3_str_appendf(ret, "%s%s", i > 0 ? "," : "", sqlite3_column_text(quote, 0));
        sqlite3_reset(quote);
    }
    return true;
}

char *json_make_array(const char *const *texts, size_t count)
{
    sqlite3_stmt *quote = NULL;
    sqlite3 *db = NULL;
    sqlite3_str *text = sqlite3_str_new(NULL);
    bool whole;
    char *array;

    sqlite3_str_appendchar(text, 1, '[');
    whole = sqlite3_open(":memory:", &db) == SQLITE_OK &&
            sqlite3_prepare_v2(db, "SELECT json_quote(?1)", -1, &quote, NULL) == SQLITE_OK &&
            quote_all(quote, texts, count, text);
    sqlite3_str_appendchar(text, 1, ']');
    sqlite3_finalize(quote);
    sqlite3_close(db);
    whole = whole && sqlite3_str_errcode(text) == SQLITE_OK;
    array = sqlite3_str_finish(text);
    if (whole)
        return array;
    sqlite3_free(array);
    return NULL;
}

/* Both are from above, so they end and begin with a brace. */
char *json_join(const char *object, const char *more)
{
    size_t length = strlen(object);

    return sqlite3_mprintf("%.*s%s%s", (int)(length - 1), object, length > 2 && more[1] != '}' ? "," : "", more + 1);
}
