/*
 * Each server logs what was written on it. Of a change the names of its attributes are told, and the status that it gave:
 * values are personal, and passwords are hidden by the server.
 */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json_line.h"
#include "sql/ascii.h"

enum { AT_SIZE = 40, NAMES_MAX = 32, NAME_SIZE = 64, LOG_FILTER_SIZE = 4 * PEN_FILTER_SIZE };

struct row {
    char at[AT_SIZE]; /* GeneralizedTime of fixed width: text order is order in time */
    char *text;       /* its line, in memory of its own */
    size_t length;
};

struct rows {
    size_t most, count;
    bool short_of_memory;
    struct row rows[2 * LOG_ROWS_MAX];
};

static struct rows rows;
static struct json_line line;

/* -- rows ---- */

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->at, ((const struct row *)b)->at);
}

/* The newest ones stay. */
static void sort_and_cut(void)
{
    size_t over = rows.count > rows.most ? rows.count - rows.most : 0;

    qsort(rows.rows, rows.count, sizeof rows.rows[0], compare);
    for (size_t i = 0; i < over; i++)
        free(rows.rows[i].text);
    memmove(rows.rows, rows.rows + over, (rows.count - over) * sizeof rows.rows[0]);
    rows.count -= over;
}

static void keep_line(const char *at)
{
    struct row *row = &rows.rows[rows.count];

    if (!json_line_end(&line))
        return;
    row->text = malloc(line.used);
    if (row->text == NULL) {
        rows.short_of_memory = true;
        return;
    }
    memcpy(row->text, line.text, line.used);
    row->length = line.used;
    snprintf(row->at, sizeof row->at, "%s", at);
    if (++rows.count == 2 * rows.most)
        sort_and_cut();
}

/* -- one ---- */

/* The engine's own bookkeeping with each write. */
static bool is_bookkeeping(const char *name, size_t length)
{
    static const char *const names[] = { "entryCSN", "entryUUID", "modifiersName", "modifyTimestamp", "creatorsName",
                                         "createTimestamp", "structuralObjectClass", "objectClass" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (ascii_equals(name, length, names[i]))
            return true;
    return false;
}

static bool is_said(char said[NAMES_MAX][NAME_SIZE], size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (ascii_equals(name, length, said[i]))
            return true;
    return false;
}

/* reqMod is "NAME:OP VALUE", of one attribute as often as there are values. */
static void put_changed(const struct berval *mods)
{
    static char said[NAMES_MAX][NAME_SIZE];
    size_t count = 0;

    json_line_open(&line, "changed");
    for (; mods != NULL && mods->bv_val != NULL && count < NAMES_MAX; mods++) {
        const char *colon = memchr(mods->bv_val, ':', mods->bv_len);
        size_t length = colon != NULL ? (size_t)(colon - mods->bv_val) : 0;

        if (length == 0 || length >= NAME_SIZE || is_bookkeeping(mods->bv_val, length) || is_said(said, count, mods->bv_val, length))
            continue;
        snprintf(said[count++], NAME_SIZE, "%.*s", (int)length, mods->bv_val);
        json_line_element(&line, mods->bv_val, length);
    }
    json_line_close(&line);
}

static void put_status(const struct berval *mods)
{
    static const char *const marks[] = { "coderStatus:= ", "coderStatus:+ " };

    for (; mods != NULL && mods->bv_val != NULL; mods++)
        for (size_t i = 0; i < 2; i++) {
            size_t length = strlen(marks[i]);

            if (mods->bv_len <= length || !ascii_equals(mods->bv_val, length, marks[i]))
                continue;
            json_line_text(&line, "status", mods->bv_val + length, mods->bv_len - length);
            return;
        }
    json_line_string(&line, "status", NULL);
}

/* Who came and went in a group: "+web17". A name is no secret, and without it such a row would say nothing. */
static void put_members(const struct berval *mods)
{
    static const char mark[] = "member:";
    char name[NAME_SIZE];

    json_line_open(&line, "members");
    for (; mods != NULL && mods->bv_val != NULL; mods++) {
        const char *value = mods->bv_val + sizeof mark - 1, *equals;
        size_t length;

        if (mods->bv_len <= sizeof mark || !ascii_equals(mods->bv_val, sizeof mark - 1, mark) || (equals = strchr(value, '=')) == NULL)
            continue;
        equals += *value == '='; /* the operation's own */
        equals = *value == '=' ? strchr(equals, '=') : equals;
        length = equals != NULL ? strcspn(equals + 1, ",") : NAME_SIZE;
        if (length + 2 > sizeof name)
            continue;
        snprintf(name, sizeof name, "%c%.*s", *value, (int)length, equals + 1);
        json_line_element(&line, name, strlen(name));
    }
    json_line_close(&line);
}

/* "uid=bob,ou=people,..." to bob; names of this tree need no unescaping. */
static void put_name(const char *key, const char *dn)
{
    const char *value = dn + strcspn(dn, "=");

    if (*value == '=')
        json_line_text(&line, key, value + 1, strcspn(value + 1, ","));
    else
        json_line_string(&line, key, NULL);
}

/* "YYYYmmddHHMMSS.uuuuuuZ" as RFC 3339. */
static void put_at(const char *at)
{
    char text[AT_SIZE];

    if (strlen(at) < 15) {
        json_line_string(&line, "at", NULL);
        return;
    }
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", at, at + 4, at + 6, at + 8, at + 10, at + 12);
    json_line_string(&line, "at", text);
}

static void take(void *context, const struct pen_entry *entry)
{
    const char *uri = context;
    const struct berval *mods = pen_values(entry, "reqMod");
    char at[AT_SIZE], value[PEN_DN_SIZE];

    pen_value(entry, "reqStart", at, sizeof at);
    json_line_begin(&line, "log");
    put_at(at);
    pen_value(entry, "reqAuthzID", value, sizeof value);
    json_line_string(&line, "by", value);
    pen_value(entry, "reqType", value, sizeof value);
    json_line_string(&line, "what", value);
    pen_value(entry, "reqDN", value, sizeof value);
    json_line_string(&line, "dn", value);
    put_name("name", value);
    pen_value(entry, "reqNewRDN", value, sizeof value);
    put_name("username", value);
    put_changed(mods);
    put_members(mods);
    put_status(mods);
    json_line_string(&line, "uri", uri);
    keep_line(at);
}

/* -- the servers ---- */

static void say_unasked(struct peer *peer, const char *uri, const char *why)
{
    json_line_begin(&line, "unasked");
    json_line_string(&line, "uri", uri);
    json_line_string(&line, "why", why);
    if (json_line_end(&line))
        peer_say(peer, &line);
}

/* What the engine does in its own name is the other server's row once more. That an id was taken is no decision: the
 * account that has it is. */
static bool make_filter(struct course *course, char ret[LOG_FILTER_SIZE])
{
    const char *name = write_value(course->operation, "name"), *since = write_value(course->operation, "since");
    char dn[PEN_DN_SIZE], person[PEN_FILTER_SIZE] = "", host[PEN_FILTER_SIZE] = "", engine[PEN_FILTER_SIZE] = "", at[64] = "";
    time_t second = since != NULL ? (time_t)strtoll(since, NULL, 10) : 0;
    struct tm utc;
    bool made;

    snprintf(dn, sizeof dn, "cn=root,%s", course->settings->base);
    made = pen_filter("reqAuthzID", dn, engine);
    if (name != NULL) {
        snprintf(dn, sizeof dn, "uid=%s,ou=people,%s", name, course->settings->base);
        made = made && pen_filter("reqDN", dn, person);
        snprintf(dn, sizeof dn, "cn=%s,ou=hosts,%s", name, course->settings->base);
        made = made && pen_filter("reqDN", dn, host);
    }
    if (since != NULL)
        made = made && gmtime_r(&second, &utc) != NULL && strftime(at, sizeof at, "(reqStart>=%Y%m%d%H%M%SZ)", &utc) > 0;
    snprintf(ret, LOG_FILTER_SIZE, "(&(objectClass=auditWriteObject)(!%s)(!(reqMod=coderCounter:# 1))%s%s%s%s%s)", engine, at, name != NULL ? "(|" : "", person, host,
             name != NULL ? ")" : "");
    return made;
}

static int ask(struct pen *pen, const char *uri, const char *filter, long long until)
{
    static const char *const attributes[] = { "reqStart", "reqAuthzID", "reqType", "reqDN", "reqNewRDN", "reqMod", NULL };

    return pen_each(pen, "cn=accesslog", filter, attributes, until, take, (void *)(uintptr_t)uri);
}

static void ask_other(const char *uri, const char *filter, const struct connect_as *as, long long until, struct peer *peer)
{
    char why[CONNECT_WHY_SIZE] = "not asked: the others took too long";
    bool refused;
    long long left = until - peer_clock_ms();
    struct pen *pen = left > 0 ? pen_open(uri, left < LOG_STEP_MS ? (int)left : LOG_STEP_MS, as, why, &refused) : NULL;

    if (pen == NULL)
        say_unasked(peer, uri, why);
    else if (ask(pen, uri, filter, until) != PEN_DONE)
        say_unasked(peer, uri, pen_why(pen));
    pen_close(pen);
}

static void say_rows(struct peer *peer)
{
    sort_and_cut();
    for (size_t i = 0; i < rows.count; i++) {
        memcpy(line.text, rows.rows[i].text, rows.rows[i].length);
        line.used = rows.rows[i].length;
        peer_say(peer, &line);
        free(rows.rows[i].text);
    }
    rows.count = 0;
}

enum course_end log_say(struct course *course, const char *uri, const struct connect_as *as, long long until, struct peer *peer)
{
    static char filter[LOG_FILTER_SIZE];
    const char *most = write_value(course->operation, "count");
    int result;

    rows = (struct rows){ .most = most != NULL ? strtoul(most, NULL, 10) : LOG_ROWS_DEFAULT };
    if (rows.most > LOG_ROWS_MAX)
        return course_refuse(course, COURSE_INVALID, "more than 10000 rows");
    if (!make_filter(course, filter))
        return course_refuse(course, COURSE_INVALID, "no such name or time");
    result = ask(course->pen, uri, filter, until);
    if (result == PEN_NO_SUCH_OBJECT)
        return course_refuse(course, COURSE_RIGHTS, "the log is not shown to this one: auditors read it");
    if (result != PEN_DONE)
        return course_judge_read(course, result);
    for (size_t i = 0; i < course->settings->uri_count; i++)
        if (course->settings->uris[i] != uri)
            ask_other(course->settings->uris[i], filter, as, until, peer);
    say_rows(peer);
    return rows.short_of_memory ? course_refuse(course, COURSE_FAILED, "memory is short: rows are missing") : COURSE_DONE;
}
