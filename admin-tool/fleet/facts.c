/*
 * Suspended is our own attribute; what other consumers of the tree look at is written with it: ppolicy's lock, and the day
 * of shadow(5) from which an account is expired.
 */
#include "facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

static const struct {
    const char *key, *attribute;
} same[] = {
    { "status", "coderStatus" },         { "reason", "coderReason" },
    { "home", "homeDirectory" },         { "shell", "loginShell" },
    { "email", "mail" },                 { "expires_at", "coderExpires" },
    { "roles", "coderRole" },            { "temporary_until", "coderTemporaryUntil" },
    { "keys", "coderSshKey" },           { "scopes", "coderScope" },
};
enum { SAME = sizeof same / sizeof same[0] };

/* -- attributes and values ---- */

static void begin(struct facts *facts, const char *attribute)
{
    if (facts->count == FACTS_MAX) {
        facts->failed = true;
        return;
    }
    facts->attributes[facts->count++] = (struct facts_attribute){ attribute, facts->value_count, 0 };
}

/* To the attribute begun last; "" is no value. */
static void put(struct facts *facts, const char *value)
{
    if (*value == '\0')
        return;
    if (facts->value_count == FACTS_VALUES_MAX || facts->count == 0) {
        facts->failed = true;
        return;
    }
    facts->values[facts->value_count++] = (struct berval){ strlen(value), (char *)(uintptr_t)value };
    facts->attributes[facts->count - 1].count++;
}

static void set(struct facts *facts, const char *attribute, const char *value)
{
    begin(facts, attribute);
    put(facts, value);
}

/* A value that is made here. */
static void set_made(struct facts *facts, const char *attribute, const char *prefix, const char *text)
{
    size_t left = FACTS_ROOM - facts->used;
    int length = snprintf(facts->room + facts->used, left, "%s%s", prefix, text);

    if (length < 0 || (size_t)length >= left) {
        facts->failed = true;
        return;
    }
    set(facts, attribute, facts->room + facts->used);
    facts->used += (size_t)length + 1;
}

static void set_number(struct facts *facts, const char *attribute, uint64_t number)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    set_made(facts, attribute, "", digits);
}

/* -- facts ---- */

static bool is(const char *value, const char *word)
{
    return value != NULL && strcmp(value, word) == 0;
}

static void set_same(struct facts *facts, const struct write_operation *operation)
{
    for (size_t i = 0; i < SAME; i++) {
        if (write_value(operation, same[i].key) == NULL)
            continue;
        begin(facts, same[i].attribute);
        for (size_t at = 0; at < operation->set_count; at++)
            if (strcmp(operation->sets[at].key, same[i].key) == 0)
                put(facts, operation->sets[at].value);
    }
}

/* An entry has a cn and an sn (RFC 4519): where there is no full name, the name. */
static void set_full_name(struct facts *facts, const char *full_name, const char *name)
{
    const char *value = full_name != NULL && *full_name != '\0' ? full_name : name;

    set(facts, "cn", value);
    set(facts, "sn", value);
}

/* A new password is a temporary one by ppolicy's own rule, unless it is said here. */
static void set_password(struct facts *facts, const struct write_operation *operation)
{
    const char *hash = write_value(operation, "hash"), *temporary = write_value(operation, "temporary");

    if (hash != NULL && *hash != '\0')
        set_made(facts, "userPassword", "{CRYPT}", hash);
    else if (hash != NULL)
        set(facts, "userPassword", "");
    if (temporary != NULL)
        set(facts, "pwdReset", is(temporary, "true") ? "TRUE" : "");
}

static void set_lock(struct facts *facts, bool locked)
{
    set(facts, "pwdAccountLockedTime", locked ? "000001010000Z" : "");
}

/* shadow(5): the day that is the first without the account. */
static void set_shadow(struct facts *facts, bool suspended, uint64_t expires_at)
{
    if (suspended || expires_at != 0)
        set_number(facts, "shadowExpire", suspended || expires_at < DAY ? 1 : expires_at / DAY);
    else
        set(facts, "shadowExpire", "");
}

bool facts_change(const struct write_operation *operation, const struct facts_before *before, struct facts *ret)
{
    const char *status = write_value(operation, "status"), *expires = write_value(operation, "expires_at");
    const char *full_name = write_value(operation, "full_name");
    bool suspended = status != NULL ? is(status, "suspended") : before->suspended;
    uint64_t expires_at = expires != NULL ? strtoull(expires, NULL, 10) : before->expires_at;

    memset(ret, 0, sizeof *ret);
    set_same(ret, operation);
    if (full_name != NULL)
        set_full_name(ret, full_name, operation->name);
    set_password(ret, operation);
    if (is(status, "active") && write_value(operation, "reason") == NULL)
        set(ret, "coderReason", "");
    if (status != NULL)
        set_lock(ret, suspended);
    if (status != NULL || expires != NULL)
        set_shadow(ret, suspended, expires_at);
    return !ret->failed;
}

bool facts_add(const struct write_operation *operation, uint32_t uid, struct facts *ret)
{
    static const char *const classes[] = { "inetOrgPerson", "posixAccount", "shadowAccount", "coderAccount" };
    const char *expires = write_value(operation, "expires_at");
    bool suspended = is(write_value(operation, "status"), "suspended");

    memset(ret, 0, sizeof *ret);
    begin(ret, "objectClass");
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        put(ret, classes[i]);
    set(ret, "uid", operation->name);
    set_number(ret, "uidNumber", uid);
    set_number(ret, "gidNumber", uid);
    set_full_name(ret, write_value(operation, "full_name"), operation->name);
    set_same(ret, operation);
    if (write_value(operation, "status") == NULL)
        set(ret, "coderStatus", "active");
    set_password(ret, operation);
    set_lock(ret, suspended);
    set_shadow(ret, suspended, expires != NULL ? strtoull(expires, NULL, 10) : 0);
    return !ret->failed;
}

void facts_delete(struct facts *ret)
{
    static const char *const gone[] = { "userPassword", "pwdHistory", "pwdReset", "mail", "coderSshKey", "coderRole", "coderReason",
                                        "coderExpires", "coderTemporaryUntil" };

    memset(ret, 0, sizeof *ret);
    ret->relaxed = true; /* pwdHistory */
    set(ret, "coderStatus", "deleted");
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        set(ret, gone[i], "");
    set_shadow(ret, true, 0);
}

bool facts_add_host(const struct write_operation *operation, struct facts *ret)
{
    memset(ret, 0, sizeof *ret);
    begin(ret, "objectClass");
    put(ret, "device");
    put(ret, "coderHost");
    set(ret, "cn", operation->name);
    set_same(ret, operation);
    return !ret->failed;
}
