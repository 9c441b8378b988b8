/*
 * JSON read through SQLite: its parser is the one that our JSON comes from. The object's pairs are
 * shown one by one as text; nothing of it is kept.
 */
#include "json_read.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct json_reader {
    sqlite3 *db;
    sqlite3_stmt *kind, *pairs, *elements;
};

/* RFC 8259 alone: json_each takes JSON5 from SQLite 3.42 on. */
static const char kind_sql[] = "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) END";

static const char pairs_sql[] =
    "SELECT j.key, CASE"
    "  WHEN j.type IN ('text', 'integer') THEN CAST(j.atom AS TEXT)"
    "  WHEN j.type IN ('true', 'false') THEN j.type"
    "  WHEN j.type = 'null' THEN ''"
    "  WHEN j.type = 'array' AND NOT EXISTS (SELECT 1 FROM json_each(j.value) WHERE type <> 'text')"
    "   THEN coalesce((SELECT group_concat(value, char(10)) FROM json_each(j.value)), '') END"
    " FROM json_each(?1) j ORDER BY j.id";

static const char elements_sql[] = "SELECT iif(type = 'object', value, NULL) FROM json_each(?1) ORDER BY id";

struct json_reader *json_reader_new(void)
{
    struct json_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL)
        return NULL;
    if (sqlite3_open(":memory:", &reader->db) == SQLITE_OK &&
        sqlite3_prepare_v2(reader->db, kind_sql, -1, &reader->kind, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(reader->db, pairs_sql, -1, &reader->pairs, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(reader->db, elements_sql, -1, &reader->elements, NULL) == SQLITE_OK)
        return reader;
    json_reader_free(reader);
    return NULL;
}

void json_reader_free(struct json_reader *reader)
{
    if (reader == NULL)
        return;
    sqlite3_finalize(reader->kind);
    sqlite3_finalize(reader->pairs);
    sqlite3_finalize(reader->elements);
    sqlite3_close(reader->db);
    free(reader);
}

/* SQLite takes "a\u0000b" for "a": no C string holds what was meant. */
static bool has_nul(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text != '\\')
            continue;
        if (strncmp(++text, "u0000", 5) == 0)
            return true;
        if (*text == '\0')
            return false;
    }
    return false;
}

static void finish(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static bool is_of_kind(struct json_reader *reader, const char *text, const char *wanted)
{
    const unsigned char *kind = NULL;
    bool is;

    if (sqlite3_bind_text(reader->kind, 1, text, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(reader->kind) == SQLITE_ROW)
        kind = sqlite3_column_text(reader->kind, 0);
    is = kind != NULL && strcmp((const char *)kind, wanted) == 0;
    finish(reader->kind);
    return is;
}

/* NULL for a text that a C string cannot hold. */
static const char *whole_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    if (text == NULL || strlen(text) != (size_t)sqlite3_column_bytes(row, column))
        return NULL;
    return text;
}

static enum json_result visit_pairs(sqlite3_stmt *row,
                                    bool (*visit)(void *context, const struct json_pair *pair),
                                    void *context)
{
    int rc;

    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        struct json_pair pair = { whole_text(row, 0), whole_text(row, 1) };

        if (pair.key == NULL)
            return JSON_MALFORMED;
        if (!visit(context, &pair))
            return JSON_STOPPED;
    }
    return rc == SQLITE_DONE ? JSON_OK : rc == SQLITE_NOMEM ? JSON_FAILED : JSON_MALFORMED;
}

enum json_result json_reader_read(struct json_reader *reader, const char *text,
                                  bool (*visit)(void *context, const struct json_pair *pair),
                                  void *context)
{
    enum json_result result = JSON_FAILED;

    if (has_nul(text) || !is_of_kind(reader, text, "object"))
        return JSON_MALFORMED;
    if (sqlite3_bind_text(reader->pairs, 1, text, -1, SQLITE_STATIC) == SQLITE_OK)
        result = visit_pairs(reader->pairs, visit, context);
    finish(reader->pairs);
    return result;
}

static enum json_result visit_elements(sqlite3_stmt *row, bool (*visit)(void *context, const char *object),
                                       void *context)
{
    int rc;

    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        const char *object = whole_text(row, 0);

        if (object == NULL)
            return JSON_MALFORMED;
        if (!visit(context, object))
            return JSON_STOPPED;
    }
    return rc == SQLITE_DONE ? JSON_OK : rc == SQLITE_NOMEM ? JSON_FAILED : JSON_MALFORMED;
}

enum json_result json_reader_list(struct json_reader *reader, const char *text,
                                  bool (*visit)(void *context, const char *object), void *context)
{
    enum json_result result = JSON_FAILED;

    if (has_nul(text) || !is_of_kind(reader, text, "array"))
        return JSON_MALFORMED;
    if (sqlite3_bind_text(reader->elements, 1, text, -1, SQLITE_STATIC) == SQLITE_OK)
        result = visit_elements(reader->elements, visit, context);
    finish(reader->elements);
    return result;
}
