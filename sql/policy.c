/*
 * Policy's settings: one row each of key, least, most, default and meaning. Whatever is not in a row or out of
 * its range is refused, so a program never works with a setting it does not understand.
 */
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"

struct number_setting {
    const char *key;
    size_t offset;
    int64_t min, max, initial;
    const char *meaning;
};
#define NUMBER(field, min, max, initial, meaning) \
    { #field, offsetof(struct policy, field), min, max, initial, meaning }
static const struct number_setting numbers[] = {
    NUMBER(password_min_length, 8, 128, 12, "characters a user's new password must have"),
    NUMBER(temporary_hours, 1, 8760, 72, "hours a temporary password is valid"),
    NUMBER(admin_password_temporary, 0, 1, 1,
           "1: a password set by root must be changed at the next login"),
    NUMBER(free_failures, 1, 100, 5, "wrong passwords per user and origin before the first lock"),
    NUMBER(lock_seconds, 1, 86400, 30, "the first lock; it doubles with every further failure"),
    NUMBER(lock_max_seconds, 1, 86400, 900, "no lock is longer"),
    NUMBER(forget_seconds, 1, 604800, 900, "quiet seconds after which failures are forgotten"),
    NUMBER(user_failures_max, 1, 100000, 100,
           "failures per user over all origins; above it only known origins are served"),
    NUMBER(known_origin_days, 1, 3650, 90, "days for which the origin of a login is a known one"),
    NUMBER(password_history, 0, 24, 5, "former passwords that are refused"),
    NUMBER(password_min_hours, 0, 8760, 0,
           "hours before a user may change a password again; root, and who must, do not wait"),
    NUMBER(password_max_days, 0, 99998, 0, "days after which a password must be changed; 0: never"),
    NUMBER(password_warn_days, 0, 365, 7, "days before that on which its user is warned"),
    NUMBER(dormant_days, 0, 3650, 0, "days without a login after which an account is refused; 0: never"),
    NUMBER(uid_min, 1000, 2147483647, 70100, "the first id that create picks"),
    NUMBER(uid_max, 1000, 2147483647, 99999, "the last id that create picks"),
    NUMBER(list_members, 0, 1, 1, "1: the group coder-member lists its members"),
};

struct text_setting {
    const char *key;
    size_t offset, size;
    const char *initial;
    const char *meaning;
};
#define TEXT(field, initial, meaning) \
    { #field, offsetof(struct policy, field), sizeof(((struct policy *)NULL)->field), initial, meaning }
static const struct text_setting texts[] = {
    TEXT(keyboardless_services, "cron,crond,atd,systemd-user",
         "PAM services that nobody types at: a pending change of password does not stop them"),
    TEXT(admin_groups, "", "local groups that come with the role admin"),
    TEXT(auditor_groups, "", "local groups that come with the role auditor"),
    TEXT(member_groups, "", "local groups that come with every account"),
};

enum {
    NUMBER_COUNT = sizeof numbers / sizeof numbers[0],
    TEXT_COUNT = sizeof texts / sizeof texts[0]
};
_Static_assert((int)NUMBER_COUNT + (int)TEXT_COUNT == (int)POLICY_COUNT, "a setting is not counted");

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
    if (errno != 0 || end == value || *end != '\0' || number < setting->min ||
        number > setting->max)
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

/* -- looking at settings ------------------------------------------------------------------ */

static void describe_number(const struct number_setting *row, struct policy_setting *ret)
{
    *ret = (struct policy_setting){ .key = row->key, .meaning = row->meaning, .least = row->min,
                                    .most = row->max };
    ret->type = row->min == 0 && row->max == 1 ? POLICY_SWITCH : POLICY_NUMBER;
    snprintf(ret->range, sizeof ret->range, "%lld-%lld", (long long)row->min, (long long)row->max);
}

static void describe_text(const struct text_setting *row, struct policy_setting *ret)
{
    *ret = (struct policy_setting){ .key = row->key, .meaning = row->meaning, .type = POLICY_LIST };
    ret->most = (int64_t)row->size - 1;
    snprintf(ret->range, sizeof ret->range, "NAME,NAME,... (%zu octets)", row->size - 1);
}

void policy_setting_at(size_t index, struct policy_setting *ret)
{
    if (index < NUMBER_COUNT)
        describe_number(&numbers[index], ret);
    else
        describe_text(&texts[index - NUMBER_COUNT], ret);
}

size_t policy_find(const char *key)
{
    struct policy_setting setting;
    size_t index = 0;

    for (; index < POLICY_COUNT; index++) {
        policy_setting_at(index, &setting);
        if (strcmp(setting.key, key) == 0)
            break;
    }
    return index;
}

void policy_value_at(const struct policy *policy, size_t index, char ret[POLICY_VALUE_SIZE])
{
    struct policy copy = *policy;

    if (index < NUMBER_COUNT)
        snprintf(ret, POLICY_VALUE_SIZE, "%lld",
                 (long long)*(int64_t *)field_at(&copy, numbers[index].offset));
    else
        snprintf(ret, POLICY_VALUE_SIZE, "%s",
                 (const char *)field_at(&copy, texts[index - NUMBER_COUNT].offset));
}

/* -- what settings must be to each other ------------------------------------------------------ */

/* Words that can be names of groups and services: none empty, too long, an option or a number. */
static bool are_names(const char *list)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_.@+$-";

    while (*list != '\0') {
        size_t length = strcspn(list, ",");

        if (length == 0 || length >= ACCOUNT_NAME_SIZE || list[0] == '-' ||
            strspn(list, letters) != length || strspn(list, "0123456789") == length)
            return false;
        list += length;
        if (*list == ',' && *++list == '\0')
            return false;
    }
    return true;
}

/* Both ends and no block between them that is kept for others. */
static bool is_range_of_ids(const struct policy *policy)
{
    int64_t min = policy->uid_min, max = policy->uid_max;

    return account_uid_fault((uint64_t)min) == NULL && account_uid_fault((uint64_t)max) == NULL &&
           (max < 60001 || min > 65535) && (max < 524288 || min > 1879048191);
}

const char *policy_fault(const struct policy *policy)
{
    if (policy->uid_min > policy->uid_max)
        return "uid_min must not be above uid_max";
    if (!is_range_of_ids(policy))
        return "uid_min to uid_max must keep clear of 60001-65535 and 524288-1879048191, which the "
               "system uses";
    if (policy->lock_seconds > policy->lock_max_seconds)
        return "lock_seconds must not be above lock_max_seconds";
    if (!are_names(policy->keyboardless_services))
        return "keyboardless_services takes names of PAM services, separated by commas";
    if (!are_names(policy->admin_groups) || !are_names(policy->auditor_groups) ||
        !are_names(policy->member_groups))
        return "the groups of a role are names, separated by commas, each at most 32 octets";
    return NULL;
}
