/*
 * Policy's settings: one row each of key, least, most and default. Whatever is not in a row or out of
 * its range is refused, so a program never works with a setting it does not understand.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"

struct number_setting {
    const char *key;
    size_t offset;
    int64_t min, max, initial;
};
#define NUMBER(field, min, max, initial) { #field, offsetof(struct policy, field), min, max, initial }
static const struct number_setting numbers[] = {
    NUMBER(password_min_length, 8, 128, 12),
    NUMBER(temporary_hours, 1, 8760, 72),
    NUMBER(admin_password_temporary, 0, 1, 1),
    NUMBER(free_failures, 1, 100, 5),
    NUMBER(lock_seconds, 1, 86400, 30),
    NUMBER(lock_max_seconds, 1, 86400, 900),
    NUMBER(forget_seconds, 1, 604800, 900),
    NUMBER(user_failures_max, 1, 100000, 100),
    NUMBER(known_origin_days, 1, 3650, 90),
    NUMBER(password_history, 0, 24, 5),
    NUMBER(uid_min, 1000, 2147483647, 70100),
    NUMBER(uid_max, 1000, 2147483647, 99999),
    NUMBER(list_members, 0, 1, 1),
};

struct text_setting {
    const char *key;
    size_t offset, size;
    const char *initial;
};
#define TEXT(field, initial) \
    { #field, offsetof(struct policy, field), sizeof(((struct policy *)NULL)->field), initial }
static const struct text_setting texts[] = {
    TEXT(keyboardless_services, "cron,crond,atd,systemd-user"),
    TEXT(admin_groups, ""),
    TEXT(auditor_groups, ""),
    TEXT(member_groups, ""),
};

enum {
    NUMBER_COUNT = sizeof numbers / sizeof numbers[0],
    TEXT_COUNT = sizeof texts / sizeof texts[0]
};

static void *field_at(struct policy *policy, size_t offset)
{
    return (char *)policy + offset;
}

void policy_defaults(struct policy *ret)
{
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        *(int64_t *)field_at(ret, numbers[i].offset) = numbers[i].initial;
    for (size_t i = 0; i < TEXT_COUNT; i++)
        memcpy(field_at(ret, texts[i].offset), texts[i].initial, strlen(texts[i].initial) + 1);
}

static bool set_number(const struct number_setting *setting, const char *value, struct policy *ret)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || number < setting->min || number > setting->max)
        return false;
    *(int64_t *)field_at(ret, setting->offset) = number;
    return true;
}

static bool set_text(const struct text_setting *setting, const char *value, struct policy *ret)
{
    size_t length = strlen(value);

    if (length >= setting->size)
        return false;
    for (const char *p = value; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    memcpy(field_at(ret, setting->offset), value, length + 1);
    return true;
}

bool policy_set(struct policy *ret, const char *key, const char *value)
{
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        if (strcmp(numbers[i].key, key) == 0)
            return set_number(&numbers[i], value, ret);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (strcmp(texts[i].key, key) == 0)
            return set_text(&texts[i], value, ret);
    return false;
}

bool policy_service_is_keyboardless(const struct policy *policy, const char *service)
{
    size_t length = strlen(service);
    const char *word = policy->keyboardless_services;

    while (length > 0 && *word != '\0') {
        size_t here = strcspn(word, ",");

        if (here == length && memcmp(word, service, length) == 0)
            return true;
        word += here + (word[here] == ',');
    }
    return false;
}
