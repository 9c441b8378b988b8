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
#include "hand_over.h"

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
    NUMBER(fleet_uid_min, 1000, 2147483647, 1900000000, "the first id that an account of the fleet may have"),
    NUMBER(fleet_uid_max, 1000, 2147483647, 1999999999, "the last id that an account of the fleet may have"),
    NUMBER(fleet_max_age, 0, 87600, 0, "hours without word of the fleet after which its accounts are refused; 0: never"),
    NUMBER(fleet_offline_temporary, 0, 1, 0,
           "1: a temporary password lets in while no server of the fleet can change it"),
};

/* False with what is wrong, as policy_value_good has it. */
typedef bool text_judge(const char *value, char ret_fault[POLICY_FAULT_SIZE]);
static text_judge judge_words, judge_path, judge_shell, judge_host, judge_hand_over;

struct text_setting {
    const char *key;
    enum policy_type type;
    size_t offset, size;
    const char *initial, *range;
    text_judge *judge;
    const char *meaning;
};
#define ROW(field, type, initial, range, judge, meaning) \
    { #field, type, offsetof(struct policy, field), sizeof(((struct policy *)NULL)->field), initial, range, judge, meaning }
#define LIST(field, initial, meaning) ROW(field, POLICY_LIST, initial, "NAME,NAME,...", judge_words, meaning)
#define TEXT(field, initial, range, judge, meaning) ROW(field, POLICY_TEXT, initial, range, judge, meaning)
static const struct text_setting texts[] = {
    LIST(keyboardless_services, "cron,crond,atd,systemd-user",
         "PAM services that nobody types at: a pending change of password does not stop them"),
    LIST(admin_groups, "", "local groups that come with the role admin"),
    LIST(auditor_groups, "", "local groups that come with the role auditor"),
    LIST(member_groups, "", "local groups that come with every account"),
    LIST(fleet_roles, "member,auditor", "roles that the fleet may give; others are left out"),
    TEXT(default_shell, "", "PATH", judge_shell, "the login shell of new users; nothing: /bin/bash, or else /bin/sh"),
    TEXT(home_base, "/home", "DIR", judge_path, "the folder in which new users have their homes"),
    TEXT(login_host, "", "HOST", judge_host, "the host that the hand-over names; nothing: this one"),
    TEXT(hand_over_text, "", "TEXT", judge_hand_over,
         "own hand-over: " HAND_OVER_ALL_WORDS),
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

/* -- texts -------------------------------------------------------------------------------- */

static bool judge_words(const char *value, char ret_fault[POLICY_FAULT_SIZE])
{
    for (const char *p = value; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~') {
            snprintf(ret_fault, POLICY_FAULT_SIZE, "takes NAME,NAME,... without blanks, not '%.200s'", value);
            return false;
        }
    return true;
}

/* Plain, so that it stands as it is in each command that we tell an administrator to run. */
static bool judge_path(const char *value, char ret_fault[POLICY_FAULT_SIZE])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-";

    if (account_home_fault(value) == NULL && value[strspn(value, letters)] == '\0' && strstr(value, "//") == NULL &&
        strstr(value, "/.") == NULL)
        return true;
    snprintf(ret_fault, POLICY_FAULT_SIZE, "takes an absolute path of letters, digits and ._+-, not '%.200s'", value);
    return false;
}

static bool judge_shell(const char *value, char ret_fault[POLICY_FAULT_SIZE])
{
    return value[0] == '\0' || judge_path(value, ret_fault);
}

/* What ssh(1) takes behind the '@'. */
static bool judge_host(const char *value, char ret_fault[POLICY_FAULT_SIZE])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";

    if (value[strspn(value, letters)] == '\0' && value[0] != '-' && value[0] != '.')
        return true;
    snprintf(ret_fault, POLICY_FAULT_SIZE, "takes the name or address of a host, not '%.200s'", value);
    return false;
}

static bool judge_hand_over(const char *value, char ret_fault[POLICY_FAULT_SIZE])
{
    _Static_assert((int)HAND_OVER_FAULT_SIZE <= (int)POLICY_FAULT_SIZE, "what is wrong fits");
    return hand_over_good(value, ret_fault);
}

static bool text_good(const struct text_setting *setting, const char *value, char ret_fault[POLICY_FAULT_SIZE])
{
    size_t length = strlen(value);

    if (length < setting->size)
        return setting->judge(value, ret_fault);
    snprintf(ret_fault, POLICY_FAULT_SIZE, "takes at most %zu octets, not %zu", setting->size - 1, length);
    return false;
}

static bool set_text(const struct text_setting *setting, const char *value, struct policy *ret)
{
    char fault[POLICY_FAULT_SIZE];

    if (!text_good(setting, value, fault))
        return false;
    memcpy(field_at(ret, setting->offset), value, strlen(value) + 1);
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

bool policy_value_good(size_t index, const char *value, char ret_fault[POLICY_FAULT_SIZE])
{
    struct policy policy;

    if (index >= NUMBER_COUNT)
        return text_good(&texts[index - NUMBER_COUNT], value, ret_fault);
    if (set_number(&numbers[index], value, &policy))
        return true;
    snprintf(ret_fault, POLICY_FAULT_SIZE, "takes %lld-%lld, not '%.200s'", (long long)numbers[index].min,
             (long long)numbers[index].max, value);
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
    *ret = (struct policy_setting){ .key = row->key, .meaning = row->meaning, .type = row->type };
    ret->most = (int64_t)row->size - 1;
    snprintf(ret->range, sizeof ret->range, "%s (%zu octets)", row->range, row->size - 1);
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

static size_t count_characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

void policy_value_shown(const char *value, char ret[POLICY_SHOWN_SIZE])
{
    if (strchr(value, '\n') != NULL || strlen(value) >= POLICY_SHOWN_SIZE)
        snprintf(ret, POLICY_SHOWN_SIZE, "(%zu characters)", count_characters(value));
    else
        snprintf(ret, POLICY_SHOWN_SIZE, "%s", value);
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
static bool is_range_of_ids(int64_t min, int64_t max)
{
    return account_uid_fault((uint64_t)min) == NULL && account_uid_fault((uint64_t)max) == NULL &&
           (max < 60001 || min > 65535) && (max < 524288 || min > 1879048191);
}

const char *policy_fault(const struct policy *policy)
{
    unsigned roles;

    if (policy->uid_min > policy->uid_max)
        return "uid_min must not be above uid_max";
    if (!is_range_of_ids(policy->uid_min, policy->uid_max))
        return "uid_min to uid_max must keep clear of 60001-65535 and 524288-1879048191, which the "
               "system uses";
    if (policy->fleet_uid_min > policy->fleet_uid_max)
        return "fleet_uid_min must not be above fleet_uid_max";
    if (!is_range_of_ids(policy->fleet_uid_min, policy->fleet_uid_max))
        return "fleet_uid_min to fleet_uid_max must keep clear of 60001-65535 and 524288-1879048191, which the "
               "system uses";
    if (policy->fleet_roles[0] != '\0' && !roles_parse(policy->fleet_roles, &roles))
        return "fleet_roles takes roles, separated by commas: admin, auditor, member";
    if (policy->lock_seconds > policy->lock_max_seconds)
        return "lock_seconds must not be above lock_max_seconds";
    if (!are_names(policy->keyboardless_services))
        return "keyboardless_services takes names of PAM services, separated by commas";
    if (!are_names(policy->admin_groups) || !are_names(policy->auditor_groups) ||
        !are_names(policy->member_groups))
        return "the groups of a role are names, separated by commas, each at most 32 octets";
    return NULL;
}
