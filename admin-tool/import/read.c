/*
 * Reading records: CSV as RFC 4180 has it (quoted fields, CRLF, a byte order mark) or JSON lines,
 * told apart by the first character. Whatever the input is, each record takes bounded memory and
 * ends as good or bad with its line; after a bad one reading goes on at the next.
 */
#include "read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/json_read.h"
#include "sql/ssh_key_set.h"
#include "heading.h"
#include "record.h"

enum { RECORD_MAX = 65536, BLOCK_SIZE = 65536 };

struct import_reader {
    int fd;
    int error; /* errno of a read that failed */
    size_t line;       /* where the next octet is */
    size_t record_line; /* where the record began */
    bool started, takes_parts, is_empty;
    struct json_reader *json; /* NULL: CSV */
    struct heading heading;
    char separator; /* of CSV's fields */
    const char *fields[HEADING_FIELDS_MAX];
    size_t field_count;
    size_t used;
    char keys[SSH_KEYS_TEXT_SIZE + 1]; /* of the record given last */
    char record[RECORD_MAX];
    size_t at, end;
    unsigned char block[BLOCK_SIZE];
};

struct import_reader *import_reader_new(int fd, bool strict)
{
    struct import_reader *reader = calloc(1, sizeof *reader);

    if (reader != NULL)
        *reader = (struct import_reader){ .fd = fd, .line = 1, .separator = ',', .heading.strict = strict };
    return reader;
}

void import_reader_take_parts(struct import_reader *reader)
{
    reader->takes_parts = true;
}

void import_reader_free(struct import_reader *reader)
{
    if (reader == NULL)
        return;
    json_reader_free(reader->json);
    explicit_bzero(reader, sizeof *reader);
    free(reader);
}

const char *import_reader_ignored(const struct import_reader *reader)
{
    return reader->heading.ignored;
}

/* -- octets ------------------------------------------------------------------------------- */

/* More input behind what is there; false at its end, and at an error, which is kept. */
static bool fill(struct import_reader *reader)
{
    ssize_t count;

    if (reader->at == reader->end)
        reader->at = reader->end = 0;
    do {
        count = read(reader->fd, reader->block + reader->end, BLOCK_SIZE - reader->end);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
        reader->error = errno;
    reader->end += count > 0 ? (size_t)count : 0;
    return count > 0;
}

static int next_octet(struct import_reader *reader)
{
    int c;

    if (reader->at == reader->end && (reader->error != 0 || !fill(reader)))
        return EOF;
    c = reader->block[reader->at++];
    reader->line += c == '\n';
    return c;
}

static bool begin_record(struct import_reader *reader)
{
    reader->record_line = reader->line;
    reader->used = reader->field_count = 0;
    return reader->at < reader->end || (reader->error == 0 && fill(reader));
}

/* NULL, or that there is no room: one octet is kept for the last NUL. */
static const char *put(struct import_reader *reader, int c)
{
    if (c == '\0')
        return "holds a NUL";
    if (reader->used + 1 >= RECORD_MAX)
        return "is longer than 65535 octets, or has a quote that is never closed";
    reader->record[reader->used++] = (char)c;
    return NULL;
}

static void skip_line(struct import_reader *reader)
{
    int c;

    do {
        c = next_octet(reader);
    } while (c != '\n' && c != EOF);
}

/* -- CSV ---------------------------------------------------------------------------------- */

enum csv_state { FIELD_START, PLAIN, QUOTED, QUOTE_IN_QUOTED };

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r'; /* CRLF ends a line, too */
}

static const char *end_field(struct import_reader *reader, enum csv_state state, size_t begin)
{
    if (state == QUOTED)
        return "has a quote that is never closed";
    while (state == PLAIN && reader->used > begin && is_blank(reader->record[reader->used - 1]))
        reader->used--;
    if (reader->field_count == HEADING_FIELDS_MAX)
        return "has more than 64 fields";
    if (reader->used + 1 >= RECORD_MAX)
        return "is longer than 65535 octets";
    reader->record[reader->used++] = '\0';
    reader->fields[reader->field_count++] = reader->record + begin;
    return NULL;
}

/* One octet inside a field; *ret is the state after it. */
static const char *take_octet(struct import_reader *reader, int c, enum csv_state state,
                              enum csv_state *ret)
{
    *ret = state;
    if (is_blank(c) && (state == FIELD_START || state == QUOTE_IN_QUOTED))
        return NULL; /* around a field */
    *ret = state == FIELD_START ? PLAIN : state;
    if (c != '"')
        return state == QUOTE_IN_QUOTED ? "has text between a closing quote and the next field" : put(reader, c);
    if (state == FIELD_START || state == QUOTE_IN_QUOTED)
        *ret = QUOTED;
    else if (state == QUOTED)
        *ret = QUOTE_IN_QUOTED;
    else
        return "has a quote inside a field; put the field in quotes, and the quote twice";
    return state == QUOTE_IN_QUOTED ? put(reader, c) : NULL;
}

/* One record's fields: NULL, or what is wrong; then its last line has been read. */
static const char *read_fields(struct import_reader *reader)
{
    enum csv_state state = FIELD_START;
    const char *fault = NULL;
    size_t begin = reader->used;
    bool ended = false;

    while (fault == NULL && !ended) {
        int c = next_octet(reader);

        ended = c == EOF || (c == '\n' && state != QUOTED);
        if (!ended && (c != reader->separator || state == QUOTED)) {
            fault = take_octet(reader, c, state, &state);
            continue;
        }
        fault = end_field(reader, state, begin);
        begin = reader->used;
        state = FIELD_START;
    }
    if (fault != NULL && !ended)
        skip_line(reader);
    return fault;
}

/* A spreadsheet ends in lines of nothing but separators. */
static bool is_empty(const struct import_reader *reader)
{
    for (size_t i = 0; i < reader->field_count; i++)
        if (reader->fields[i][0] != '\0')
            return false;
    return true;
}

/* -- JSON lines --------------------------------------------------------------------------- */

/* One line as the one field. */
static const char *read_line(struct import_reader *reader)
{
    const char *fault = NULL;
    int c;

    while (fault == NULL && (c = next_octet(reader)) != '\n' && c != EOF)
        fault = put(reader, c);
    if (fault != NULL) {
        skip_line(reader);
        return fault;
    }
    return end_field(reader, PLAIN, 0);
}

/* Where the values of one object go. */
struct visit {
    struct heading *heading;
    struct import_record *record;
    char *reason;
    unsigned seen;
};

static bool take_unknown(struct visit *visit, const char *key)
{
    if (visit->heading->strict)
        snprintf(visit->reason, IMPORT_REASON_SIZE, "unknown key '%.64s'", key);
    else
        heading_pass_over(visit->heading, key);
    return !visit->heading->strict;
}

static bool take_pair(void *context, const struct json_pair *pair)
{
    struct visit *visit = context;
    enum import_column column;

    if (!import_column_find(pair->key, &column))
        return take_unknown(visit, pair->key);
    if ((visit->seen & 1u << column) != 0 || pair->text == NULL) {
        snprintf(visit->reason, IMPORT_REASON_SIZE, "the %s %s", pair->key,
                 pair->text == NULL ? "is no text or number" : "is there twice");
        return false;
    }
    visit->seen |= 1u << column;
    import_record_set(visit->record, column, pair->text, visit->reason); /* the other faults are wanted, too */
    return true;
}

static bool end_record(const struct import_reader *reader, struct import_record *record,
                       char ret_reason[IMPORT_REASON_SIZE])
{
    if (reader->takes_parts && record->account.username[0] != '\0')
        return ret_reason[0] == '\0';
    return import_record_complete(record, ret_reason);
}

static bool take_object(struct import_reader *reader, struct import_record *record,
                        char ret_reason[IMPORT_REASON_SIZE])
{
    struct visit visit = { .heading = &reader->heading, .record = record, .reason = ret_reason };

    switch (json_reader_read(reader->json, reader->fields[0], take_pair, &visit)) {
    case JSON_OK:
        return end_record(reader, record, ret_reason);
    case JSON_STOPPED:
        return false;
    case JSON_MALFORMED:
        snprintf(ret_reason, IMPORT_REASON_SIZE, "this is not a JSON object; each line must be "
                 "one (see jq -c)");
        return false;
    default:
        snprintf(ret_reason, IMPORT_REASON_SIZE, "not enough memory");
        return false;
    }
}

/* -- the beginning ------------------------------------------------------------------------ */

/* Past a byte order mark; *ret: the first character, EOF when there is none. */
static void look_at_start(struct import_reader *reader, int *ret)
{
    while (reader->end < 3 && fill(reader))
        continue;
    if (reader->end >= 3 && memcmp(reader->block, "\xef\xbb\xbf", 3) == 0)
        reader->at = 3;
    *ret = reader->at < reader->end ? reader->block[reader->at] : EOF;
}

/* As Excel's "Unicode text" is. Of an ASCII character one of the two octets is 0. */
static bool is_utf16(const struct import_reader *reader)
{
    const unsigned char *text = reader->block;

    return reader->end >= 2 && ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff) ||
                                text[0] == '\0' || text[1] == '\0');
}

/* The first line, as far as a block holds it, says what stands between fields. */
static void find_separator(struct import_reader *reader)
{
    while (memchr(reader->block, '\n', reader->end) == NULL && reader->end < BLOCK_SIZE && fill(reader))
        continue;
    reader->separator = heading_separator(reader->block + reader->at, reader->end - reader->at);
}

/* NULL when records can follow. */
static const char *start(struct import_reader *reader, char ret_reason[IMPORT_REASON_SIZE])
{
    const char *fault = NULL;
    int first;

    reader->started = true;
    look_at_start(reader, &first);
    reader->is_empty = first == EOF;
    if (reader->error != 0 || first == EOF)
        return reader->error != 0 ? NULL : "there is nothing in it";
    if (is_utf16(reader))
        return "it is UTF-16; save it as UTF-8, or: iconv -f UTF-16 -t UTF-8";
    if (first == '[')
        return "it begins with '['; CSV is wanted, or one JSON object on each line (see "
               "jq -c '.[]')";
    if (first == '{') {
        reader->json = json_reader_new();
        return reader->json != NULL ? NULL : "not enough memory";
    }
    find_separator(reader);
    if (begin_record(reader))
        fault = read_fields(reader);
    return fault != NULL ? fault : heading_take(&reader->heading, reader->fields, reader->field_count, ret_reason);
}

/* -- records ------------------------------------------------------------------------------ */

static bool take_fields(struct import_reader *reader, struct import_record *record,
                        char ret_reason[IMPORT_REASON_SIZE])
{
    if (reader->field_count != reader->heading.count) {
        snprintf(ret_reason, IMPORT_REASON_SIZE, "it has %zu fields, and the first line names %zu "
                 "columns", reader->field_count, reader->heading.count);
        return false;
    }
    for (size_t i = 0; i < reader->field_count; i++)
        if (reader->heading.columns[i] != IMPORT_COLUMN_COUNT)
            import_record_set(record, reader->heading.columns[i], reader->fields[i], ret_reason);
    return end_record(reader, record, ret_reason);
}

static enum import_result refuse(const char *fault, enum import_result result,
                                 char ret_reason[IMPORT_REASON_SIZE])
{
    if (fault != ret_reason)
        snprintf(ret_reason, IMPORT_REASON_SIZE, "%s%s", result == IMPORT_BAD ? "it " : "", fault);
    return result;
}

enum import_result import_reader_next(struct import_reader *reader, struct import_record *ret,
                                      char ret_reason[IMPORT_REASON_SIZE])
{
    const char *fault = reader->started ? NULL : start(reader, ret_reason);
    bool good;

    memset(ret, 0, sizeof *ret);
    if (fault == NULL)
        ret_reason[0] = '\0';
    reader->keys[0] = '\0';
    ret->keys = reader->keys;
    if (fault != NULL)
        return refuse(fault, reader->is_empty ? IMPORT_EMPTY : IMPORT_UNUSABLE, ret_reason);
    do {
        if (!begin_record(reader))
            return reader->error == 0
                       ? IMPORT_END
                       : refuse(strerror(reader->error), IMPORT_FAILED, ret_reason);
        ret->line = reader->record_line;
        fault = reader->json != NULL ? read_line(reader) : read_fields(reader);
    } while (fault == NULL && is_empty(reader));
    if (reader->error != 0)
        return refuse(strerror(reader->error), IMPORT_FAILED, ret_reason);
    if (fault != NULL)
        return refuse(fault, IMPORT_BAD, ret_reason);
    good = reader->json != NULL ? take_object(reader, ret, ret_reason)
                                : take_fields(reader, ret, ret_reason);
    return good ? IMPORT_GOOD : IMPORT_BAD;
}
