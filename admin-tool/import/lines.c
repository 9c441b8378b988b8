/*
 * An account as the local files have one. What is refused here today is refused there, too: where both cannot say
 * the same, the line lets in less.
 */
#include "lines.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sql/account.h"
#include "sql/policy.h"

enum { DAY = 86400, MAX_NEVER = 99999, LONG_PAST = 1 };

const char *lines_fault(const struct account *account)
{
    return strchr(account->full_name, ',') != NULL
               ? "the full name has a comma, where that of /etc/passwd would end (chfn(1)); change it with "
                 "'admin-tool users edit NAME -n ...'"
               : NULL;
}

bool lines_are_shut(const struct account *account, const struct policy *policy, int64_t now)
{
    enum account_state state = account_state(account, policy, now);

    return account->status == ACCOUNT_SUSPENDED || state == ACCOUNT_STATE_DORMANT;
}

bool lines_lock_password(const struct account *account, int64_t now)
{
    return account->temporary && account->temporary_until != 0 && account->temporary_until <= now;
}

void lines_passwd(const struct account *account, char ret[LINE_SIZE])
{
    snprintf(ret, LINE_SIZE, "%s:x:%u:%u:%s:%s:%s\n", account->username, account->uid, account->gid,
             account->full_name, account->home, account->shell);
}

/* 0 has it changed at the next login; one in the future would never age. */
static int64_t change_day(const struct account *account, int64_t now)
{
    int64_t changed = account->password_changed_at != 0 ? account->password_changed_at
                                                         : account->created_at;

    if (account->temporary)
        return 0;
    return (changed < now ? changed : now) / DAY;
}

static int64_t max_days(const struct account *account, const struct policy *policy)
{
    int64_t days = account->password_max_days != 0 ? account->password_max_days
                                                   : policy->password_max_days;

    return account->service || days <= 0 ? MAX_NEVER : days;
}

/* The day that begins at that time in this host's zone; what came from such a day, which begins in UTC, is that again. */
static int64_t end_day(int64_t expires_at)
{
    time_t at = (time_t)expires_at;
    struct tm tm;
    int64_t day = expires_at / DAY;

    if (expires_at % DAY != 0 && localtime_r(&at, &tm) != NULL)
        day = (expires_at + tm.tm_gmtoff) / DAY;
    return day > LONG_PAST ? day : LONG_PAST;
}

void lines_shadow(const struct account *account, const struct policy *policy, int64_t now,
                  char ret[LINE_SIZE])
{
    bool shut = lines_are_shut(account, policy, now);
    char end[24] = "";

    if (shut)
        snprintf(end, sizeof end, "%d", LONG_PAST);
    else if (account->expires_at != 0)
        snprintf(end, sizeof end, "%lld", (long long)end_day(account->expires_at));
    snprintf(ret, LINE_SIZE, "%s:%s%s:%lld:%lld:%lld:%lld::%s:\n", account->username,
             shut || lines_lock_password(account, now) ? "!" : "",
             account->hash[0] != '\0' ? account->hash : "*", (long long)change_day(account, now),
             (long long)((policy->password_min_hours + 23) / 24), (long long)max_days(account, policy),
             (long long)policy->password_warn_days, end);
}

void lines_group(const struct account *account, char ret[LINE_SIZE])
{
    snprintf(ret, LINE_SIZE, "%s:x:%u:\n", account->username, account->gid);
}

void lines_gshadow(const struct account *account, char ret[LINE_SIZE])
{
    snprintf(ret, LINE_SIZE, "%s:!::\n", account->username);
}
