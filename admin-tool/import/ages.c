/*
 * The days of shadow(5), in our terms. Of each account we have how old its password may become; the rest is policy's,
 * so where a line of the file says something else that is told.
 */
#include "ages.h"

#include <stdio.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "shadow.h"

enum { DAY = 86400, HOURS = 24, DAYS_NONE = 99999, TOLD_ONE_BY_ONE = 10 };

/* 99999 days are what useradd(8) writes for none (login.defs(5), PASS_MAX_DAYS); 0 days end with the day, as 1 does. */
static int64_t max_of(long days)
{
    if (days < 0 || days >= DAYS_NONE)
        return 0;
    return days > 0 ? days : 1;
}

bool ages_has_expired(const struct shadow_line *secret, int64_t now)
{
    return secret->expires >= 0 && secret->expires <= now / DAY;
}

void ages_take(struct import_batch *batch, const struct shadow_line *secret, struct account *account)
{
    long today = (long)(batch->tool->now / DAY);
    bool dead = secret->changed > 0 && secret->max >= 0 && secret->inactive >= 0 &&
                secret->changed + secret->max + secret->inactive < today;

    if (ages_has_expired(secret, batch->tool->now) || dead) {
        account->status = ACCOUNT_SUSPENDED;
        import_batch_note(batch, account->username,
                          "has expired in /etc/shadow, so it is suspended");
    } else if (secret->expires >= 0) {
        account->expires_at = (int64_t)secret->expires * DAY;
    }
    account->password_max_days = max_of(secret->max);
    if (account->hash[0] == '\0')
        return;
    account->temporary = secret->changed == 0;
    account->password_changed_at = secret->changed > 0 ? (int64_t)secret->changed * DAY : 0;
}

void ages_keep(const struct shadow_line *secret, struct import_row *row)
{
    bool ages = max_of(secret->max) != 0;

    row->min_days = (int32_t)(secret->min > 0 && secret->min <= INT32_MAX ? secret->min : 0);
    row->warn_days = (int32_t)(ages && secret->warn <= INT32_MAX ? secret->warn : -1);
    row->inactive_days = (int32_t)(ages && secret->inactive <= INT32_MAX ? secret->inactive : -1);
}

/* " min 7, warn 14, inactive 30"; "" when all is as policy says. */
static void write_odd(const struct import_row *row, const struct policy *policy, char ret[96])
{
    char min[24] = "", warn[24] = "", inactive[32] = "";

    ret[0] = '\0';
    if (row->kind == ROW_OURS) /* told when it was staged */
        return;
    if (row->min_days > 0 && row->min_days * (int64_t)HOURS != policy->password_min_hours)
        snprintf(min, sizeof min, " min %d", row->min_days);
    if (row->warn_days >= 0 && row->warn_days != policy->password_warn_days)
        snprintf(warn, sizeof warn, "%s warn %d", min[0] != '\0' ? "," : "", row->warn_days);
    if (row->inactive_days >= 0)
        snprintf(inactive, sizeof inactive, "%s inactive %d", min[0] != '\0' || warn[0] != '\0' ? "," : "",
                 row->inactive_days);
    snprintf(ret, 96, "%s%s%s", min, warn, inactive);
}

static size_t count_odd(const struct import_batch *batch)
{
    size_t count = 0;
    char odd[96];

    for (size_t i = 0; i < batch->count; i++) {
        write_odd(&batch->rows[i], &batch->tool->policy, odd);
        count += odd[0] != '\0';
    }
    return count;
}

void ages_note(struct import_batch *batch)
{
    static const char where[] = "in /etc/shadow, which has no place here: see the policies password_min_hours and "
                                "password_warn_days";
    size_t count = count_odd(batch);
    char odd[96], text[256];

    if (count > TOLD_ONE_BY_ONE) {
        tool_refuse(GO_ON, "note: %zu accounts have a min, warn or inactive of their own %s", count, where);
        return;
    }
    for (size_t i = 0; i < batch->count && count > 0; i++) {
        write_odd(&batch->rows[i], &batch->tool->policy, odd);
        if (odd[0] == '\0')
            continue;
        snprintf(text, sizeof text, "has%s %s", odd, where);
        import_batch_note(batch, import_row_name(&batch->rows[i]), text);
    }
}
