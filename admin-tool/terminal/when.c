/*
 * Times as people write and read them. Inside everything is Unix seconds; local time exists only at
 * this edge.
 */
#include "when.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* "90m", or "90m ago". */
static bool parse_ago(const char *text, int64_t now, int64_t *ret)
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
    if (letter == NULL || (end[1] != '\0' && strcmp(end + 1, " ago") != 0))
        return false;
    *ret = now - count * seconds[letter - letters];
    return true;
}

/* mktime(3) takes 31 February for 3 March: what comes back must be what was written. */
static bool is_same_day(const struct tm *one, const struct tm *other)
{
    return one->tm_mday == other->tm_mday && one->tm_mon == other->tm_mon;
}

static bool parse_as(const char *text, const char *format, bool utc, int64_t *ret)
{
    struct tm written = { .tm_isdst = -1 }, made;
    const char *end = strptime(text, format, &written);
    time_t when;

    if (end == NULL || *end != '\0')
        return false;
    made = written;
    when = utc ? timegm(&made) : mktime(&made);
    if (when <= 0 || !is_same_day(&written, &made))
        return false;
    *ret = (int64_t)when;
    return true;
}

bool when_parse(const char *text, int64_t now, int64_t *ret)
{
    static const char *const formats[] = {
        "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%SZ",
    };

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (parse_as(text, formats[i], strchr(formats[i], 'Z') != NULL, ret))
            return true;
    return parse_ago(text, now, ret);
}
