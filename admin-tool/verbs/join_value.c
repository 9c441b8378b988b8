/*
 * The values of a join file, each judged by itself. They go into files that coder_fleet reads line by line, so none has
 * a character that could begin another line or a comment.
 */
#include "join_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"

enum { URIS_MAX = 8, NAME_MAX_OCTETS = 255, PEM_MAX = 32768 };

typedef const char *judge(const char *value, int64_t now);
static judge judge_uris, judge_name, judge_certificate, judge_authority, judge_key, judge_end, judge_id;

static const struct {
    const char *name;
    bool needed;
    judge *judge;
} rows[JOIN_KEYS] = {
    [JOIN_URIS] = { "uris", true, judge_uris },
    [JOIN_BASE] = { "base", true, judge_name },
    [JOIN_HOST] = { "host", true, judge_name },
    [JOIN_CA] = { "ca", true, judge_authority },
    [JOIN_CERTIFICATE] = { "certificate", true, judge_certificate },
    [JOIN_KEY] = { "key", true, judge_key },
    [JOIN_EXPIRES] = { "expires", false, judge_end },
    [JOIN_UID_MIN] = { "uid_min", false, judge_id },
    [JOIN_UID_MAX] = { "uid_max", false, judge_id },
};

const char *join_value_name(enum join_key key)
{
    return rows[key].name;
}

bool join_value_find(const char *name, enum join_key *ret)
{
    for (int i = 0; i < JOIN_KEYS; i++)
        if (strcmp(rows[i].name, name) == 0) {
            *ret = (enum join_key)i;
            return true;
        }
    return false;
}

bool join_value_good(enum join_key key, const char *value, int64_t now, char ret_fault[JOIN_FAULT_SIZE])
{
    const char *fault = NULL;

    if (value == NULL || value[0] == '\0')
        fault = rows[key].needed || value != NULL ? "is missing" : NULL;
    else
        fault = rows[key].judge(value, now);
    if (fault != NULL)
        snprintf(ret_fault, JOIN_FAULT_SIZE, "%s %s", rows[key].name, fault);
    return fault == NULL;
}

bool join_values_agree(const char *host, const char *base)
{
    size_t above = strlen(host), length = strlen(base);

    return above > length && strcmp(host + above - length, base) == 0 && host[above - length - 1] == ',';
}

/* -- names -------------------------------------------------------------------------------- */

/* HOST or HOST:PORT, an address of IPv6 in brackets. */
static bool is_host(const char *text, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    size_t name = text[0] == '[' ? strcspn(text, "]") + 1 : strspn(text, letters), digits;

    if (name == 0 || name > length || (text[0] == '[' && (name < 4 || strspn(text + 1, "0123456789abcdefABCDEF:.") != name - 2)))
        return false;
    if (name == length)
        return true;
    digits = strspn(text + name + 1, "0123456789");
    return text[name] == ':' && digits >= 1 && digits <= 5 && name + 1 + digits == length &&
           strtoul(text + name + 1, NULL, 10) - 1 < 65535;
}

static const char *judge_uris(const char *value, int64_t now)
{
    size_t count = 0;

    (void)now;
    for (const char *uri = value; *uri != '\0'; uri += uri[0] == '\n') {
        size_t length = strcspn(uri, "\n"), scheme = strncmp(uri, "ldaps://", 8) == 0 ? 8 : strncmp(uri, "ldap://", 7) == 0 ? 7 : 0;

        if (scheme == 0 || !is_host(uri + scheme, length - scheme))
            return "takes ldaps://HOST[:PORT], or ldap:// for StartTLS, in an array";
        uri += length;
        count++;
    }
    return count <= URIS_MAX ? NULL : "has more than 8 servers";
}

/* As coder_fleet's file can hold it: one line, no comment. */
static const char *judge_name(const char *value, int64_t now)
{
    (void)now;
    if (strlen(value) > NAME_MAX_OCTETS)
        return "is longer than 255 octets";
    for (const char *p = value; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || strchr("#\\\"", *p) != NULL)
            return "takes plain letters without blanks";
    return strchr(value, '=') > value ? NULL : "is no name of an entry, as dc=fleet is";
}

/* -- PEM (RFC 7468) ----------------------------------------------------------------------- */

static bool is_labelled(const char *end, size_t length, const char *label)
{
    return label != NULL && length >= strlen(label) && strncmp(end - strlen(label), label, strlen(label)) == 0;
}

/* Nothing but blocks of this label, at least one, and of the other one where it is not NULL. The last words of a label,
 * for a key may be "EC PRIVATE KEY". */
static bool is_pem(const char *text, const char *label, const char *other)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n";
    char end[64];
    size_t blocks = 0;

    while (*text != '\0') {
        const char *close = strstr(text, "-----\n");
        size_t length = close != NULL && strncmp(text, "-----BEGIN ", 11) == 0 ? (size_t)(close - text) - 11 : 0;

        if (length > 40 || (!is_labelled(close, length, label) && !is_labelled(close, length, other)))
            return false;
        blocks += is_labelled(close, length, label);
        snprintf(end, sizeof end, "-----END %.*s-----", (int)length, text + 11);
        text = close + 6;
        text += strspn(text, letters);
        if (strncmp(text, end, strlen(end)) != 0)
            return false;
        text += strlen(end);
        text += strspn(text, "\r\n");
    }
    return blocks > 0;
}

static const char *judge_certificate(const char *value, int64_t now)
{
    (void)now;
    return strlen(value) <= PEM_MAX && is_pem(value, "CERTIFICATE", NULL) ? NULL : "is no certificate in PEM";
}

/* Beside it may be the list of what it has revoked. */
static const char *judge_authority(const char *value, int64_t now)
{
    (void)now;
    return strlen(value) <= PEM_MAX && is_pem(value, "CERTIFICATE", "X509 CRL") ? NULL : "is no certificate in PEM";
}

static const char *judge_key(const char *value, int64_t now)
{
    (void)now;
    if (strstr(value, "ENCRYPTED") != NULL)
        return "has a passphrase, which nobody is there to type";
    return strlen(value) <= PEM_MAX && is_pem(value, "PRIVATE KEY", NULL) ? NULL : "is no private key in PEM";
}

/* -- numbers ------------------------------------------------------------------------------ */

static bool is_number(const char *value)
{
    return strlen(value) <= 12 && value[strspn(value, "0123456789")] == '\0';
}

static const char *judge_end(const char *value, int64_t now)
{
    if (!is_number(value))
        return "is no time in seconds";
    return strtoll(value, NULL, 10) > now ? NULL : "is over: it was good for a while only";
}

static const char *judge_id(const char *value, int64_t now)
{
    (void)now;
    return is_number(value) ? account_uid_fault(strtoull(value, NULL, 10)) : "is no user id";
}
