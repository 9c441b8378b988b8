/*
 * Accounts as values: validity rules and the one function that says what a record means. Pure: the
 * answer depends on the arguments alone.
 */
#include "account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "policy.h"

enum { DAY = 86400 };

/* -- what a record means ------------------------------------------------------------------ */

static bool is_past(int64_t when, int64_t now)
{
    return when != 0 && when <= now;
}

/* A time that lies in the future, because the clock was set back, is no reason to refuse. */
static int64_t end_of_days(int64_t since, int64_t days)
{
    return since == 0 || days <= 0 ? 0 : since + days * DAY;
}

int64_t account_unused_since(const struct account *account)
{
    /* the day counts to its end: of the login we know no more */
    int64_t since = account->last_login_day != 0 ? account->last_login_day + DAY : 0;

    return since > account->created_at ? since : account->created_at;
}

int64_t account_dormant_from(const struct account *account, const struct policy *policy)
{
    int64_t since = account_unused_since(account);

    if (account->service || account->never_dormant)
        return 0;
    if (since < account->awake_since)
        since = account->awake_since;
    return end_of_days(since, policy->dormant_days);
}

int64_t account_password_end(const struct account *account, const struct policy *policy)
{
    int64_t days = account->password_max_days;

    if (account->service || account->hash[0] == '\0')
        return 0;
    return end_of_days(account->password_changed_at,
                       days == 0 ? policy->password_max_days : days);
}

enum account_state account_state(const struct account *account, const struct policy *policy, int64_t now)
{
    if (account->status != ACCOUNT_ACTIVE)
        return ACCOUNT_STATE_SUSPENDED;
    if (is_past(account_dormant_from(account, policy), now))
        return ACCOUNT_STATE_DORMANT;
    return is_past(account->expires_at, now) ? ACCOUNT_STATE_EXPIRED : ACCOUNT_STATE_ACTIVE;
}

/* Who was suspended in the fleet since it was heard of is not known. */
static bool is_out_of_touch(const struct account *account, const struct policy *policy, int64_t now)
{
    return account->fleet && policy->fleet_max_age > 0 && now - account->fleet_heard_at > policy->fleet_max_age * 3600;
}

enum verdict account_verdict(const struct account *account, const struct activity *activity,
                             const struct policy *policy, int64_t now)
{
    if (is_out_of_touch(account, policy, now))
        return VERDICT_UNUSABLE;
    if (activity != NULL && activity_attempts_left(activity, policy, now) == 0)
        return VERDICT_LOCKED;
    switch (account_state(account, policy, now)) {
    case ACCOUNT_STATE_ACTIVE:
        break;
    case ACCOUNT_STATE_DORMANT:
        return VERDICT_DORMANT;
    case ACCOUNT_STATE_EXPIRED:
        return VERDICT_ACCOUNT_EXPIRED;
    default:
        return VERDICT_SUSPENDED;
    }
    if (account->temporary)
        return is_past(account->temporary_until, now) ? VERDICT_TEMPORARY_EXPIRED
                                                      : VERDICT_TEMPORARY;
    return is_past(account_password_end(account, policy), now) ? VERDICT_TOO_OLD : VERDICT_ACTIVE;
}

int64_t account_days_left(const struct account *account, const struct policy *policy, int64_t now)
{
    int64_t end = account_password_end(account, policy);

    if (end == 0 || end - now > policy->password_warn_days * DAY ||
        account_verdict(account, NULL, policy, now) != VERDICT_ACTIVE)
        return 0;
    return (end - now + DAY - 1) / DAY;
}

bool account_must_wait(const struct account *account, const struct policy *policy, int64_t now)
{
    return account_verdict(account, NULL, policy, now) == VERDICT_ACTIVE &&
           account->password_changed_at <= now &&
           now - account->password_changed_at < policy->password_min_hours * 3600;
}

static int64_t lock_length(int64_t failures, const struct policy *policy)
{
    int64_t length = policy->lock_seconds;

    for (int64_t n = policy->free_failures; n < failures && length < policy->lock_max_seconds; n++)
        length *= 2;
    return length < policy->lock_max_seconds ? length : policy->lock_max_seconds;
}

int64_t activity_locked_until(const struct activity *activity, const struct policy *policy,
                              int64_t now)
{
    int64_t since = activity->last_failure < now ? activity->last_failure : now;
    int64_t until;

    if (activity->failures < policy->free_failures)
        return 0;
    until = since + lock_length(activity->failures, policy);
    return until > now ? until : 0;
}

int64_t activity_attempts_left(const struct activity *activity, const struct policy *policy,
                               int64_t now)
{
    int64_t here = policy->free_failures - activity->failures;
    int64_t everywhere = policy->user_failures_max - activity->user_failures;

    if (activity_locked_until(activity, policy, now) != 0)
        return 0;
    if (here < 1)
        here = 1; /* the lock has run out: one more try, then a longer one */
    if (activity->known_origin || here <= everywhere)
        return here;
    return everywhere > 0 ? everywhere : 0;
}

/* -- what a record may hold --------------------------------------------------------------- */

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

const char *account_username_fault(const char *username)
{
    size_t length = strlen(username);

    if (length == 0)
        return "is empty";
    if (length >= ACCOUNT_NAME_SIZE)
        return "is longer than 32 characters";
    if (!is_lower(username[0]) && username[0] != '_')
        return "must begin with a lower-case letter or '_'";
    for (const char *p = username; *p != '\0'; p++)
        if (!is_lower(*p) && !is_digit(*p) && strchr("_.-", *p) == NULL)
            return "may hold only lower-case letters, digits, '_', '.' and '-'";
    if (username[length - 1] == '.' || strstr(username, "..") != NULL)
        return "has a '.' at its end or two in a row";
    if (strncmp(username, "coder-", 6) == 0)
        return "begins with 'coder-', which is kept for the role groups";
    return NULL;
}

bool account_username_fold(const char *username, char ret[ACCOUNT_NAME_SIZE])
{
    char folded[ACCOUNT_NAME_SIZE] = "";

    if (strlen(username) >= sizeof folded)
        return false;
    for (size_t i = 0; username[i] != '\0'; i++)
        folded[i] = ascii_lower(username[i]);
    if (strcmp(folded, username) == 0 || account_username_fault(folded) != NULL)
        return false;
    memcpy(ret, folded, sizeof folded);
    return true;
}

const char *account_email_fault(const char *email)
{
    const char *at = strchr(email, '@');

    if (strlen(email) >= ACCOUNT_EMAIL_SIZE)
        return "is longer than 254 characters";
    if (at == NULL || at == email || at[1] == '\0' || strchr(at + 1, '@') != NULL)
        return "must look like name@host";
    for (const char *p = email; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || strchr("\"\\,;:<>()[]", *p) != NULL)
            return "may hold only plain printable characters";
    if (at[1] == '.' || at[1] == '-' || strstr(at, "..") != NULL || at[strlen(at) - 1] == '.')
        return "has no proper host after the '@'";
    return NULL;
}

uint32_t account_utf8(const char *octets, size_t *ret)
{
    const unsigned char *text = (const unsigned char *)octets;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    uint32_t point = length == 1 ? text[0] : text[0] & (0xffu >> (length + 1));

    if ((text[0] >= 0x80 && text[0] < 0xc2) || text[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3f);
    }
    if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    *ret = length;
    return point;
}

static bool is_unprintable(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x061c ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x2069) || point == 0xfeff;
}

const char *account_text_fault(const char *text)
{
    size_t length = 0;

    for (const char *p = text; *p != '\0'; p += length) {
        uint32_t point = account_utf8(p, &length);

        if (point == 0)
            return "is not valid UTF-8";
        if (is_unprintable(point))
            return "holds control or direction characters";
    }
    return NULL;
}

/* passwd(5): ':' separates the fields. */
static const char *field_fault(const char *text)
{
    return strchr(text, ':') != NULL ? "may not hold ':'" : account_text_fault(text);
}

const char *account_full_name_fault(const char *full_name)
{
    if (strlen(full_name) >= ACCOUNT_FULL_NAME_SIZE)
        return "is longer than 256 octets";
    return field_fault(full_name);
}

const char *account_path_fault(const char *path)
{
    if (path[0] != '/')
        return "must begin with '/'";
    if (strlen(path) >= ACCOUNT_PATH_SIZE)
        return "is longer than 512 octets";
    return field_fault(path);
}

const char *account_home_fault(const char *home)
{
    const char *fault = account_path_fault(home);

    if (fault == NULL && (home[strlen(home) - 1] == '/' || strstr(home, "/..") != NULL))
        return "ends in '/' or holds '/..'";
    return fault;
}

const char *account_uid_fault(uint64_t uid)
{
    if (uid < 1000)
        return "is below 1000, where the system's own accounts are";
    if (uid >= 60001 && uid <= 65535)
        return "is in 60001-65535, which the system keeps for itself";
    if (uid >= 524288 && uid <= 1879048191)
        return "is in 524288-1879048191, which systemd and containers use";
    if (uid > 2147483647)
        return "is above 2147483647";
    return NULL;
}

bool account_days_parse(const char *text, int64_t *ret)
{
    size_t length = strlen(text);
    long days;

    if (strcmp(text, "never") == 0 || strcmp(text, "default") == 0) {
        *ret = text[0] == 'n' ? ACCOUNT_DAYS_NEVER : 0;
        return true;
    }
    if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
        return false;
    days = strtol(text, NULL, 10);
    if (days < 1 || days > 99998)
        return false;
    *ret = days;
    return true;
}

void account_days_write(int64_t days, char ret[ACCOUNT_DAYS_SIZE])
{
    if (days > 0)
        snprintf(ret, ACCOUNT_DAYS_SIZE, "%lld", (long long)days);
    else
        snprintf(ret, ACCOUNT_DAYS_SIZE, "%s", days == 0 ? "default" : "never");
}

/* -- names of values ---------------------------------------------------------------------- */

static const struct {
    enum role role;
    const char *name;
    uint32_t gid;
} roles[] = {
    { ROLE_MEMBER, "member", 70001 },
    { ROLE_AUDITOR, "auditor", 70002 },
    { ROLE_ADMIN, "admin", 70000 },
};
enum { ROLE_COUNT = sizeof roles / sizeof roles[0] };

static unsigned role_by_word(const char *word, size_t length)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (strlen(roles[i].name) == length && memcmp(roles[i].name, word, length) == 0)
            return roles[i].role;
    return 0;
}

bool roles_parse(const char *text, unsigned *ret)
{
    unsigned set = ROLE_MEMBER;

    do {
        size_t length = strcspn(text, ",");
        unsigned role = role_by_word(text, length);

        if (role == 0)
            return false;
        set |= role;
        text += length;
    } while (*text++ == ',');
    *ret = set;
    return true;
}

const char *role_name(enum role role)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (roles[i].role == role)
            return roles[i].name;
    return "";
}

uint32_t role_gid(enum role role)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (roles[i].role == role)
            return roles[i].gid;
    return 0;
}

const char *account_status_name(enum account_status status)
{
    return status == ACCOUNT_ACTIVE ? "active" : "suspended";
}

const char *account_state_name(enum account_state state)
{
    static const char *const names[ACCOUNT_STATE_COUNT] = { "active", "suspended", "expired", "dormant" };

    return (unsigned)state < ACCOUNT_STATE_COUNT ? names[state] : "suspended";
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {
        "another source's user", "unknown",           "unusable",  "locked",           "suspended", "dormant",
        "account expired",       "temporary expired", "temporary", "password too old", "active",
    };

    return (unsigned)verdict < VERDICT_COUNT ? names[verdict] : "unusable";
}
