/*
 * A table of our facts and their attributes (RFC 2307, ppolicy and our own schema), and a form for each kind of value.
 */
#include "entry.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sql/ascii.h"

enum kind { TEXT, NUMBER, SECONDS, TIME, FLAG, HASH, TEXTS, NAME /* the first is meant */, FORMER /* the others */ };

static const struct fact {
    const char *key, *attribute;
    enum kind kind;
    bool always;         /* said of an unreadable entry, too */
    const char *only_if; /* means something only while this flag is TRUE: nobody has to clear it */
} facts[] = {
    { "changed_by", "modifiersName", TEXT, true, NULL },
    { "csn", "entryCSN", TEXT, true, NULL },
    { "username", "uid", NAME, true, NULL },
    { "former_names", "uid", FORMER, false, NULL },
    { "uid", "uidNumber", NUMBER, false, NULL },
    { "gid", "gidNumber", NUMBER, false, NULL },
    { "full_name", "cn", TEXT, false, NULL },
    { "home", "homeDirectory", TEXT, false, NULL },
    { "shell", "loginShell", TEXT, false, NULL },
    { "email", "mail", TEXT, false, NULL },
    { "status", "coderStatus", TEXT, true, NULL },
    { "reason", "coderReason", TEXT, false, NULL },
    { "hash", "userPassword", HASH, false, NULL },
    { "temporary_until", "coderTemporaryUntil", SECONDS, false, "pwdReset" },
    { "temporary", "pwdReset", FLAG, false, NULL },
    { "expires_at", "coderExpires", SECONDS, false, NULL },
    { "created_at", "createTimestamp", TIME, false, NULL },
    { "password_changed_at", "pwdChangedTime", TIME, false, NULL },
    { "roles", "coderRole", TEXTS, false, NULL },
    { "scopes", "coderScope", TEXTS, false, NULL },
    { "keys", "coderSshKey", TEXTS, false, NULL },
};
enum { FACTS = sizeof facts / sizeof facts[0] };

const char *const entry_attributes[] = {
    "modifiersName", "entryCSN", "uid", "uidNumber", "gidNumber", "cn", "homeDirectory", "loginShell", "mail",
    "coderStatus", "coderReason", "userPassword", "coderTemporaryUntil", "pwdReset", "coderExpires", "createTimestamp",
    "pwdChangedTime", "coderRole", "coderScope", "coderSshKey", NULL,
};
_Static_assert(sizeof entry_attributes / sizeof entry_attributes[0] == FACTS, "each fact is asked for, and uid has two");

static const struct entry_attribute *find(const char *name, const struct entry_attribute *attributes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ascii_is(attributes[i].name, name))
            return attributes[i].count > 0 ? &attributes[i] : NULL;
    return NULL;
}

/* -- forms ---- */

static bool read_digits(const char *octets, size_t count, unsigned *ret)
{
    unsigned number = 0;

    for (size_t i = 0; i < count; i++) {
        if (octets[i] < '0' || octets[i] > '9')
            return false;
        number = number * 10 + (unsigned)(octets[i] - '0');
    }
    *ret = number;
    return true;
}

/* Up to 12 digits. */
static bool read_number(const struct berval *value, uint64_t most, uint64_t *ret)
{
    unsigned high = 0, low = 0;
    size_t split = value->bv_len > 6 ? value->bv_len - 6 : 0;
    uint64_t number;

    if (value->bv_len < 1 || value->bv_len > 12 || !read_digits(value->bv_val, split, &high) ||
        !read_digits(value->bv_val + split, value->bv_len - split, &low))
        return false;
    number = (uint64_t)high * 1000000 + low;
    if (number > most)
        return false;
    *ret = number;
    return true;
}

enum { TIME_SIZE = sizeof "YYYY-MM-DDTHH:MM:SSZ" };

/* GeneralizedTime (RFC 4517) as slapd writes it, "YYYYmmddHHMMSS[.fraction]Z", to RFC 3339. */
static bool read_time(const struct berval *value, char ret[TIME_SIZE])
{
    static const struct {
        size_t at, digits;
        unsigned least, most;
    } parts[] = { { 0, 4, 1970, 9999 }, { 4, 2, 1, 12 }, { 6, 2, 1, 31 }, { 8, 2, 0, 23 }, { 10, 2, 0, 59 }, { 12, 2, 0, 59 } };
    const char *text = value->bv_val;
    unsigned found[6], fraction;
    size_t length = value->bv_len;

    if (length < 15 || length > 32 || text[length - 1] != 'Z' ||
        (length > 15 && (text[14] != '.' || !read_digits(text + 15, length - 16, &fraction))))
        return false;
    for (size_t i = 0; i < 6; i++)
        if (!read_digits(text + parts[i].at, parts[i].digits, &found[i]) || found[i] < parts[i].least ||
            found[i] > parts[i].most)
            return false;
    snprintf(ret, TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", found[0] % 10000, found[1] % 100, found[2] % 100,
             found[3] % 100, found[4] % 100, found[5] % 100);
    return true;
}

/* Seconds of 1970, from 1 on: 0 means "never" to those who read it. */
static bool read_seconds(const struct berval *value, char ret[TIME_SIZE])
{
    uint64_t number;
    struct tm utc;
    time_t time;

    if (!read_number(value, 253402300799, &number) || number == 0)
        return false;
    time = (time_t)number;
    return gmtime_r(&time, &utc) != NULL && strftime(ret, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc) == TIME_SIZE - 1;
}

static bool read_flag(const struct berval *value, bool *ret)
{
    *ret = ascii_equals(value->bv_val, value->bv_len, "TRUE");
    return *ret || ascii_equals(value->bv_val, value->bv_len, "FALSE");
}

/* A hash of crypt(3) behind its scheme (RFC 2307); one of another scheme stays as it is, for the judge to see. */
static struct berval hash_of(const struct berval *value)
{
    static const char scheme[] = "{CRYPT}";
    struct berval hash = *value;

    if (hash.bv_len >= sizeof scheme - 1 && ascii_equals(hash.bv_val, sizeof scheme - 1, scheme)) {
        hash.bv_val += sizeof scheme - 1;
        hash.bv_len -= sizeof scheme - 1;
    }
    return hash;
}

static bool is_sound(enum kind kind, const struct berval *value)
{
    char time[TIME_SIZE];
    uint64_t number;
    bool flag;

    switch (kind) {
    case NUMBER:
        return read_number(value, UINT32_MAX, &number);
    case SECONDS:
        return read_seconds(value, time);
    case TIME:
        return read_time(value, time);
    case FLAG:
        return read_flag(value, &flag);
    default:
        return json_line_takes(value->bv_val, value->bv_len);
    }
}

static const char *fault_of(const struct fact *fact, const struct entry_attribute *attribute)
{
    static const char *const forms[] = {
        [TEXT] = "is no text in UTF-8", [NUMBER] = "is no number of 32 bits", [SECONDS] = "is no time in seconds",
        [TIME] = "is no time in UTC",
        [FLAG] = "is neither TRUE nor FALSE", [HASH] = "is no text in UTF-8", [TEXTS] = "is no text in UTF-8",
        [NAME] = "is no text in UTF-8", [FORMER] = "is no text in UTF-8",
    };

    if (attribute == NULL)
        return NULL;
    if (attribute->count > 1 && fact->kind < TEXTS)
        return "has several values";
    for (size_t i = 0; i < attribute->count; i++)
        if (!is_sound(fact->kind, &attribute->values[i]))
            return forms[fact->kind];
    return NULL;
}

/* -- the lines ---- */

static void write_texts(const struct fact *fact, const struct entry_attribute *attribute, struct json_line *line)
{
    json_line_open(line, fact->key);
    for (size_t i = fact->kind == FORMER ? 1 : 0; attribute != NULL && i < attribute->count; i++)
        json_line_element(line, attribute->values[i].bv_val, attribute->values[i].bv_len);
    json_line_close(line);
}

/* A sound one; what an entry has not is null. */
static void write_fact(const struct fact *fact, const struct entry_attribute *attribute, struct json_line *line)
{
    struct berval value = { 0 };
    char time[TIME_SIZE] = "";
    uint64_t number = 0;
    bool flag = false;

    if (attribute != NULL)
        value = attribute->values[0];
    if (fact->kind == TEXTS || fact->kind == FORMER) {
        write_texts(fact, attribute, line);
    } else if (fact->kind == FLAG) {
        json_line_flag(line, fact->key, attribute != NULL && read_flag(&value, &flag) && flag);
    } else if (attribute == NULL) {
        json_line_string(line, fact->key, NULL);
    } else if (fact->kind == NUMBER && read_number(&value, UINT32_MAX, &number)) {
        json_line_number(line, fact->key, number);
    } else if ((fact->kind == TIME && read_time(&value, time)) || (fact->kind == SECONDS && read_seconds(&value, time))) {
        json_line_string(line, fact->key, time);
    } else {
        value = fact->kind == HASH ? hash_of(&value) : value;
        json_line_text(line, fact->key, value.bv_val, value.bv_len);
    }
}

static bool is_meant(const struct fact *fact, const struct entry_attribute *attributes, size_t count)
{
    const struct entry_attribute *flag = fact->only_if != NULL ? find(fact->only_if, attributes, count) : NULL;
    bool is_true = false;

    return fact->only_if == NULL || (flag != NULL && read_flag(&flag->values[0], &is_true) && is_true);
}

static void write_unreadable(const char *uuid, const struct entry_attribute *attributes, size_t count, const char *why,
                             struct json_line *line)
{
    json_line_begin(line, "unreadable");
    json_line_string(line, "entry_uuid", uuid);
    json_line_string(line, "why", why);
    for (size_t i = 0; i < FACTS; i++) {
        const struct entry_attribute *attribute = find(facts[i].attribute, attributes, count);

        if (!facts[i].always)
            continue;
        if (fault_of(&facts[i], attribute) != NULL || (attribute != NULL && attribute->values[0].bv_len > 1024))
            attribute = NULL;
        write_fact(&facts[i], attribute, line);
    }
    json_line_end(line);
}

void entry_write(const char *uuid, const struct entry_attribute *attributes, size_t count, struct json_line *ret)
{
    char why[80];

    for (size_t i = 0; i < FACTS; i++) {
        const char *fault = fault_of(&facts[i], find(facts[i].attribute, attributes, count));

        if (fault == NULL)
            continue;
        snprintf(why, sizeof why, "%s %s", facts[i].attribute, fault);
        write_unreadable(uuid, attributes, count, why, ret);
        return;
    }
    json_line_begin(ret, "entry");
    json_line_string(ret, "entry_uuid", uuid);
    for (size_t i = 0; i < FACTS; i++)
        write_fact(&facts[i], is_meant(&facts[i], attributes, count) ? find(facts[i].attribute, attributes, count) : NULL, ret);
    if (!json_line_end(ret))
        write_unreadable(uuid, attributes, count, "it is longer than 256 KiB", ret);
}
