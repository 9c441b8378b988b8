/*
 * Times as people write and read them. Inside everything is Unix seconds; local time exists only at
 * this edge, and it is the host's (/etc/localtime), whoever runs the tool.
 */
#include "when.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUARTER = 900 }; /* of an hour: by such steps clocks are set */
/* 9999-12-30: what is written has four digits for the year in every zone, and so can be read. */
#define WHEN_END INT64_C(253402128000)

void when_format(int64_t when, const char *never, char ret[WHEN_SIZE])
{
    time_t seconds = (time_t)when;
    struct tm local;

    if (when == 0 || localtime_r(&seconds, &local) == NULL ||
        strftime(ret, WHEN_SIZE, "%Y-%m-%d %H:%M:%S %z", &local) == 0)
        snprintf(ret, WHEN_SIZE, "%s", never);
}

void when_format_utc(int64_t when, char ret[WHEN_SIZE])
{
    time_t seconds = (time_t)when;
    struct tm utc;

    if (when == 0 || gmtime_r(&seconds, &utc) == NULL ||
        strftime(ret, WHEN_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        ret[0] = '\0';
}

/* -- moments ------------------------------------------------------------------------------ */

/* "90m": how many seconds, and the letter. What is behind it: *ret_rest. */
static bool parse_duration(const char *text, int64_t *ret, char *ret_letter, const char **ret_rest)
{
    static const char letters[] = "smhdw";
    static const int64_t seconds[] = { 1, 60, 3600, 86400, 604800 };
    const char *letter;
    char *end;
    long count;

    if (!isdigit((unsigned char)text[0]) || strspn(text, "0123456789") > 8)
        return false;
    count = strtol(text, &end, 10);
    letter = *end != '\0' ? strchr(letters, *end) : NULL;
    if (letter == NULL)
        return false;
    *ret = count * seconds[letter - letters];
    *ret_letter = *letter;
    *ret_rest = end + 1;
    return true;
}

/* "90m", or "90m ago". */
static bool parse_ago(const char *text, int64_t now, int64_t *ret)
{
    const char *rest;
    int64_t duration;
    char letter;

    if (!parse_duration(text, &duration, &letter, &rest) || (rest[0] != '\0' && strcmp(rest, " ago") != 0))
        return false;
    *ret = now - duration;
    return true;
}

/* mktime(3) takes 31 February for 3 March: what comes back must be what was written. */
static bool is_same_day(const struct tm *one, const struct tm *other)
{
    return one->tm_mday == other->tm_mday && one->tm_mon == other->tm_mon;
}

static bool parse_as(const char *text, const char *format, int64_t *ret)
{
    struct tm written = { .tm_isdst = -1 }, made;
    const char *end = strptime(text, format, &written);
    bool zoned = strstr(format, "%z") != NULL;
    int64_t when;

    if (end == NULL || *end != '\0')
        return false;
    made = written;
    when = zoned ? (int64_t)timegm(&made) - written.tm_gmtoff : (int64_t)mktime(&made);
    if (when <= 0 || when >= WHEN_END || !is_same_day(&written, &made))
        return false;
    *ret = when;
    return true;
}

static bool parse_moment(const char *text, int64_t *ret)
{
    static const char *const formats[] = {
        "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S%z",
    };

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (parse_as(text, formats[i], ret))
            return true;
    return false;
}

bool when_parse(const char *text, int64_t now, int64_t *ret)
{
    return parse_as(text, "%Y-%m-%d", ret) || parse_moment(text, ret) || parse_ago(text, now, ret);
}

/* -- the end of a day --------------------------------------------------------------------- */

/* The moment is on that day or after it, here. */
static bool is_reached(int64_t when, const struct tm *day)
{
    time_t seconds = (time_t)when;
    struct tm local;

    return localtime_r(&seconds, &local) != NULL &&
           (local.tm_year != day->tm_year ? local.tm_year > day->tm_year : local.tm_yday >= day->tm_yday);
}

/* The first moment of the day so many days after that of `when`. Where a clock is set at midnight there may be no 00:00,
 * or two, of which mktime(3) takes either. */
static int64_t start_of_day(int64_t when, int days)
{
    time_t seconds = (time_t)when;
    struct tm local, day;
    int64_t start;

    if (localtime_r(&seconds, &local) == NULL)
        return 0; /* no time at all */
    local.tm_mday += days;
    local.tm_hour = 12;
    local.tm_min = local.tm_sec = 0;
    local.tm_isdst = -1;
    mktime(&local);
    day = local;
    local.tm_hour = 0;
    local.tm_isdst = -1;
    start = (int64_t)mktime(&local);
    while (!is_reached(start, &day))
        start += QUARTER;
    while (is_reached(start - QUARTER, &day))
        start -= QUARTER;
    return start;
}

static bool take_end(int64_t when, int64_t *ret)
{
    if (when <= 0 || when >= WHEN_END)
        return false;
    *ret = when;
    return true;
}

/* "+90d": so many days after the beginning of that one. */
static bool parse_ahead(const char *text, int64_t now, int after, int64_t *ret)
{
    const char *rest;
    int64_t duration;
    char letter;

    if (text[0] != '+' || !parse_duration(text + 1, &duration, &letter, &rest) || rest[0] != '\0' ||
        duration >= WHEN_END)
        return false;
    return take_end(strchr("dw", letter) != NULL ? start_of_day(now, (int)(duration / 86400) + after) : now + duration,
                    ret);
}

static bool parse_day(const char *text, int64_t now, int after, int64_t *ret)
{
    int64_t day;

    if (strcmp(text, "today") == 0)
        return take_end(start_of_day(now, after), ret);
    if (parse_as(text, "%Y-%m-%d", &day))
        return take_end(start_of_day(day, after), ret);
    return parse_moment(text, ret) || parse_ahead(text, now, after, ret);
}

bool when_parse_end(const char *text, int64_t now, int64_t *ret)
{
    return parse_day(text, now, 1, ret);
}

bool when_parse_start(const char *text, int64_t now, int64_t *ret)
{
    return parse_day(text, now, 0, ret);
}

void when_format_end(int64_t when, const char *never, char ret[WHEN_SIZE])
{
    time_t before = when > 1 ? (time_t)when - 1 : 0;
    struct tm local;

    if (when > 0 && when < WHEN_END && start_of_day(when, 0) == when && localtime_r(&before, &local) != NULL)
        strftime(ret, WHEN_SIZE, "%Y-%m-%d", &local);
    else
        when_format(when, never, ret);
}
