/*
 * Cookies read, merged, compared and written. What is not of the one form is no cookie.
 */
#include "cookie.h"

#include <stdio.h>
#include <string.h>

/* 0: a decimal digit, x: a hexadecimal one. */
static const char csn_form[] = "00000000000000.000000Z#xxxxxx#xxx#xxxxxx";
enum { SERVER_AT = sizeof "00000000000000.000000Z#xxxxxx#" - 1, SERVER_DIGITS = 3 };

_Static_assert(sizeof csn_form - 1 == COOKIE_CSN_LENGTH, "the form has the length of a CSN");

static bool is_digit(char c, char form)
{
    if (form == '0' || form == 'x')
        return (c >= '0' && c <= '9') || (form == 'x' && c >= 'a' && c <= 'f');
    return c == form;
}

static bool read_csn(const char *octets, size_t length, struct cookie_csn *ret)
{
    if (length != COOKIE_CSN_LENGTH)
        return false;
    for (size_t i = 0; i < COOKIE_CSN_LENGTH; i++)
        if (!is_digit(octets[i], csn_form[i]))
            return false;
    memcpy(ret->text, octets, COOKIE_CSN_LENGTH);
    ret->text[COOKIE_CSN_LENGTH] = '\0';
    ret->server = 0;
    for (size_t i = SERVER_AT; i < SERVER_AT + SERVER_DIGITS; i++)
        ret->server = ret->server * 16 + (unsigned)(octets[i] <= '9' ? octets[i] - '0' : octets[i] - 'a' + 10);
    return true;
}

static bool take(struct cookie *cookie, const struct cookie_csn *csn)
{
    size_t at = 0;

    while (at < cookie->count && cookie->csns[at].server < csn->server)
        at++;
    if (at < cookie->count && cookie->csns[at].server == csn->server) {
        if (strcmp(cookie->csns[at].text, csn->text) < 0)
            cookie->csns[at] = *csn;
        return true;
    }
    if (cookie->count == COOKIE_SERVERS_MAX)
        return false;
    memmove(cookie->csns + at + 1, cookie->csns + at, (cookie->count - at) * sizeof *cookie->csns);
    cookie->csns[at] = *csn;
    cookie->count++;
    return true;
}

bool cookie_add(struct cookie *cookie, const char *octets, size_t length)
{
    struct cookie_csn csn;

    return read_csn(octets, length, &csn) && take(cookie, &csn);
}

/* Up to the next mark or the end; `*at` then stands behind the mark. */
static size_t cut(const char *octets, size_t length, char mark, size_t *at)
{
    size_t begin = *at, end = begin;

    while (end < length && octets[end] != mark)
        end++;
    *at = end < length ? end + 1 : length;
    return end - begin;
}

static bool add_all(struct cookie *cookie, const char *octets, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *csn = octets + at;

        if (!cookie_add(cookie, csn, cut(octets, length, ';', &at)))
            return false;
    }
    return true;
}

static bool is_other(const char *field, size_t size)
{
    static const char *const others[] = { "rid=", "sid=", "delcsn=" };

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (size >= strlen(others[i]) && memcmp(field, others[i], strlen(others[i])) == 0)
            return true;
    return false;
}

/* rid, sid and delcsn say who asks, who answers, and when what a message names was deleted: nothing of what is known. */
bool cookie_parse(const char *octets, size_t length, struct cookie *ret)
{
    struct cookie cookie = { 0 };

    for (size_t at = 0; at < length;) {
        const char *field = octets + at;
        size_t size = cut(octets, length, ',', &at);

        if (size >= 4 && memcmp(field, "csn=", 4) == 0) {
            if (!add_all(&cookie, field + 4, size - 4))
                return false;
        } else if (!is_other(field, size)) {
            return false;
        }
    }
    *ret = cookie;
    return true;
}

bool cookie_merge(struct cookie *cookie, const struct cookie *more)
{
    for (size_t i = 0; i < more->count; i++)
        if (!take(cookie, &more->csns[i]))
            return false;
    return true;
}

static const char *find(const struct cookie *cookie, unsigned server)
{
    for (size_t i = 0; i < cookie->count; i++)
        if (cookie->csns[i].server == server)
            return cookie->csns[i].text;
    return "";
}

bool cookie_covers(const struct cookie *theirs, const struct cookie *ours)
{
    for (size_t i = 0; i < ours->count; i++)
        if (strcmp(find(theirs, ours->csns[i].server), ours->csns[i].text) < 0)
            return false;
    return true;
}

void cookie_write(const struct cookie *cookie, char ret[COOKIE_SIZE])
{
    size_t used = 0;

    ret[0] = '\0';
    for (size_t i = 0; i < cookie->count; i++)
        used += (size_t)snprintf(ret + used, COOKIE_SIZE - used, "%s%s", i == 0 ? "rid=000,csn=" : ";",
                                 cookie->csns[i].text);
}
