/*
 * JSON written. Its syntax takes all of UTF-8 but quotes, backslashes and controls; those are escaped, so a line never
 * has a newline inside.
 */
#include "json_line.h"

#include <stdio.h>
#include <string.h>

static void put(struct json_line *line, const char *octets, size_t length)
{
    if (line->failed || length > JSON_LINE_SIZE - line->used) {
        line->failed = true;
        return;
    }
    memcpy(line->text + line->used, octets, length);
    line->used += length;
}

static void put_text(struct json_line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* The octets of the character that begins here, 0 for none: RFC 3629's table. */
static size_t character_length(const unsigned char *at, size_t left)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;

    if (length > left)
        return 0;
    if (at[0] == 0xe0)
        low = 0xa0; /* no longer than needed */
    if (at[0] == 0xed)
        high = 0x9f; /* no surrogates */
    if (at[0] == 0xf0)
        low = 0x90;
    if (at[0] == 0xf4)
        high = 0x8f; /* no more than U+10FFFF */
    for (size_t i = 1; i < length; i++, low = 0x80, high = 0xbf)
        if (at[i] < low || at[i] > high)
            return 0;
    return length;
}

bool json_line_takes(const char *octets, size_t length)
{
    for (size_t at = 0, next; at < length; at += next) {
        next = character_length((const unsigned char *)octets + at, length - at);
        if (next == 0 || octets[at] == '\0')
            return false;
    }
    return true;
}

static void put_quoted(struct json_line *line, const char *octets, size_t length)
{
    if (!json_line_takes(octets, length)) {
        line->failed = true;
        return;
    }
    put_text(line, "\"");
    for (size_t at = 0; at < length; at++) {
        unsigned char c = (unsigned char)octets[at];
        char escaped[8];

        if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f) {
            put(line, octets + at, 1);
            continue;
        }
        snprintf(escaped, sizeof escaped, "\\u%04x", c);
        put_text(line, escaped);
    }
    put_text(line, "\"");
}

static void put_key(struct json_line *line, const char *key)
{
    put_text(line, ",\"");
    put_text(line, key);
    put_text(line, "\":");
}

void json_line_begin(struct json_line *line, const char *name)
{
    line->used = 0;
    line->failed = false;
    put_text(line, "{\"line\":\"");
    put_text(line, name);
    put_text(line, "\"");
}

void json_line_text(struct json_line *line, const char *key, const char *octets, size_t length)
{
    put_key(line, key);
    if (octets == NULL)
        put_text(line, "null");
    else
        put_quoted(line, octets, length);
}

void json_line_string(struct json_line *line, const char *key, const char *text)
{
    json_line_text(line, key, text, text != NULL ? strlen(text) : 0);
}

void json_line_number(struct json_line *line, const char *key, uint64_t number)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    put_key(line, key);
    put_text(line, digits);
}

void json_line_flag(struct json_line *line, const char *key, bool flag)
{
    put_key(line, key);
    put_text(line, flag ? "true" : "false");
}

void json_line_open(struct json_line *line, const char *key)
{
    put_key(line, key);
    put_text(line, "[");
}

void json_line_element(struct json_line *line, const char *octets, size_t length)
{
    if (line->used > 0 && line->text[line->used - 1] != '[')
        put_text(line, ",");
    put_quoted(line, octets, length);
}

void json_line_close(struct json_line *line)
{
    put_text(line, "]");
}

bool json_line_end(struct json_line *line)
{
    put_text(line, "}\n");
    return !line->failed;
}
