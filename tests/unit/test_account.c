/*
 * account_verdict over every combination of facts, the guessing limits over time, and the rules for
 * names, addresses and ids.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sql/account.h"
#include "sql/fit.h"
#include "sql/policy.h"

#define NOW 1800000000LL

enum { LOCKED = 1, SUSPENDED = 2, DORMANT = 4, EXPIRED = 8, TEMPORARY = 16, PAST = 32, OLD = 64, ALL = 127 };
#define DAYS(n) ((n) * INT64_C(86400))

/* The contract's order, written out once more and compared over all combinations. */
static enum verdict expected(unsigned facts)
{
    if (facts & LOCKED)
        return VERDICT_LOCKED;
    if (facts & SUSPENDED)
        return VERDICT_SUSPENDED;
    if (facts & DORMANT)
        return VERDICT_DORMANT;
    if (facts & EXPIRED)
        return VERDICT_ACCOUNT_EXPIRED;
    if (facts & TEMPORARY)
        return facts & PAST ? VERDICT_TEMPORARY_EXPIRED : VERDICT_TEMPORARY;
    return facts & OLD ? VERDICT_TOO_OLD : VERDICT_ACTIVE;
}

static enum account_state expected_state(unsigned facts)
{
    if (facts & SUSPENDED)
        return ACCOUNT_STATE_SUSPENDED;
    if (facts & DORMANT)
        return ACCOUNT_STATE_DORMANT;
    return facts & EXPIRED ? ACCOUNT_STATE_EXPIRED : ACCOUNT_STATE_ACTIVE;
}

static void verdict_follows_the_contracts_order(void **state)
{
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    policy.dormant_days = 90;
    policy.password_max_days = 30;
    for (unsigned facts = 0; facts <= ALL; facts++) {
        struct account account = {
            .status = facts & SUSPENDED ? ACCOUNT_SUSPENDED : ACCOUNT_ACTIVE,
            .last_login_day = NOW - DAYS(91) + (facts & DORMANT ? 0 : 1),
            .expires_at = facts & EXPIRED ? NOW : NOW + 1,
            .temporary = (facts & TEMPORARY) != 0,
            .temporary_until = facts & PAST ? NOW : NOW + 1,
            .password_changed_at = NOW - DAYS(30) + (facts & OLD ? 0 : 1),
            .hash = "x",
        };
        struct activity activity = { .failures = facts & LOCKED ? 5 : 4, .last_failure = NOW };

        assert_int_equal(account_verdict(&account, &activity, &policy, NOW), expected(facts));
        assert_int_equal(account_verdict(&account, NULL, &policy, NOW), expected(facts & ~(unsigned)LOCKED));
        assert_int_equal(account_state(&account, &policy, NOW), expected_state(facts));
    }
}

static void only_what_is_used_by_people_falls_asleep(void **state)
{
    struct account account = { .created_at = NOW - DAYS(100) };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(account_dormant_from(&account, &policy), 0); /* policy says never */
    policy.dormant_days = 90;
    assert_int_equal(account_dormant_from(&account, &policy), NOW - DAYS(10));
    account.awake_since = NOW - DAYS(50); /* the last of the three counts */
    assert_int_equal(account_dormant_from(&account, &policy), NOW + DAYS(40));
    account.last_login_day = NOW - DAYS(20); /* 00:00; it may have been a login at 23:59 */
    assert_int_equal(account_dormant_from(&account, &policy), NOW + DAYS(71));
    account.last_login_day = NOW + DAYS(5); /* the clock was set back */
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
    account.last_login_day = account.awake_since = 0;
    account.never_dormant = true;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
    account.never_dormant = false;
    account.service = true;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
}

static void an_account_of_the_fleet_is_of_no_use_without_word_of_it(void **state)
{
    struct account account = { .created_at = NOW - DAYS(100), .fleet = true, .fleet_heard_at = NOW - 7200 };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW + DAYS(9)), VERDICT_ACTIVE); /* policy says never */
    policy.fleet_max_age = 2;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW + 1), VERDICT_UNUSABLE);
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW - DAYS(9)), VERDICT_ACTIVE); /* the clock was set back */
    account.status = ACCOUNT_SUSPENDED;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW + 1), VERDICT_UNUSABLE);
    account.fleet = false;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW + 1), VERDICT_SUSPENDED);
}

static void only_a_password_of_people_becomes_too_old(void **state)
{
    struct account account = { .password_changed_at = NOW - DAYS(100), .hash = "x" };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(account_password_end(&account, &policy), 0);
    account.password_max_days = 90; /* its own, where policy has none */
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_TOO_OLD);
    policy.password_max_days = 99;
    account.password_max_days = 0;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_TOO_OLD);
    account.password_max_days = ACCOUNT_DAYS_NEVER;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
    account.password_max_days = 0;
    account.service = true;
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
    account.service = false;
    account.hash[0] = '\0';
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
    account.hash[0] = 'x';
    account.password_changed_at = 0; /* not known */
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_ACTIVE);
}

static void times_of_zero_mean_never(void **state)
{
    struct account account = { .temporary = true };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_TEMPORARY);
}

static void a_password_changed_lately_is_waited_with(void **state)
{
    struct account account = { .password_changed_at = NOW };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_false(account_must_wait(&account, &policy, NOW));
    policy.password_min_hours = 2;
    assert_true(account_must_wait(&account, &policy, NOW));
    assert_true(account_must_wait(&account, &policy, NOW + 7199));
    assert_false(account_must_wait(&account, &policy, NOW + 7200));
    assert_false(account_must_wait(&account, &policy, NOW - 1)); /* the clock was set back */
    account.temporary = true;
    assert_false(account_must_wait(&account, &policy, NOW));
    account.temporary = false;
    account.password_changed_at = 0;
    assert_false(account_must_wait(&account, &policy, NOW));
}

static void a_strange_status_is_not_active(void **state)
{
    struct account account = { .status = (enum account_status)7 };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(account_verdict(&account, NULL, &policy, NOW), VERDICT_SUSPENDED);
}

static void locks_double_up_to_the_ceiling(void **state)
{
    static const int64_t length[] = { 0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900 };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    for (int64_t n = 0; n < 12; n++) {
        struct activity activity = { .failures = n, .last_failure = NOW };

        assert_int_equal(activity_locked_until(&activity, &policy, NOW), length[n] ? NOW + length[n] : 0);
        assert_int_equal(activity_locked_until(&activity, &policy, NOW + length[n]), 0);
    }
    struct activity endless = { .failures = INT64_MAX, .last_failure = NOW };
    assert_int_equal(activity_locked_until(&endless, &policy, NOW), NOW + 900);
}

static void no_clock_makes_a_lock_longer(void **state)
{
    struct activity activity = { .failures = 50, .last_failure = NOW + 1000000 };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(activity_locked_until(&activity, &policy, NOW), NOW + 900);
}

static void attempts_left_count_down(void **state)
{
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    for (int64_t n = 0; n < 5; n++) {
        struct activity activity = { .failures = n, .last_failure = NOW, .user_failures = n };

        assert_int_equal(activity_attempts_left(&activity, &policy, NOW), 5 - n);
    }
    struct activity waited = { .failures = 7, .last_failure = NOW - 120, .user_failures = 7 };
    assert_int_equal(activity_attempts_left(&waited, &policy, NOW), 1);
}

static void over_the_users_ceiling_only_known_origins_are_served(void **state)
{
    struct activity activity = { .user_failures = 98 };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(activity_attempts_left(&activity, &policy, NOW), 2);
    activity.user_failures = 100;
    assert_int_equal(activity_attempts_left(&activity, &policy, NOW), 0);
    activity.known_origin = true;
    assert_int_equal(activity_attempts_left(&activity, &policy, NOW), 5);
}

static void usernames(void **state)
{
    static const char *const good[] = { "alice", "_x", "a", "a-b_9", "coder", "first.last", "a.b.c", "a.-_",
                                        "abcdefghijklmnopqrstuvwxyz012345" };
    static const char *const bad[] = { "", "Alice", "9a", "-a", "a b", "a:b", "a\n", "a.", ".a", "a..b", "ä", "1000",
                                       "coder-admin", "coder-", "abcdefghijklmnopqrstuvwxyz0123456" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(account_username_fault(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(account_username_fault(bad[i]));
}

static void names_in_small_letters(void **state)
{
    static const char *const none[] = { "", "alice", "9A", "A b", "A.", "Coder-X", "\xc3\x84nne", "A..B",
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456" };
    char folded[ACCOUNT_NAME_SIZE] = "-";

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(account_username_fold(none[i], folded));
    assert_string_equal(folded, "-");
    assert_true(account_username_fold("First.Last", folded));
    assert_string_equal(folded, "first.last");
    assert_true(account_username_fold("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", folded));
    assert_string_equal(folded, "abcdefghijklmnopqrstuvwxyz012345");
}

static void emails(void **state)
{
    static const char *const good[] = { "a@b", "alice@example.org", "a.b+c@x-y.example" };
    static const char *const bad[] = { "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b,c", "\"a\"@b",
                                       "a@.b", "a@b.", "a@b..c", "a\n@b", "ä@b", "a@-b" };
    char longest[256];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(account_email_fault(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(account_email_fault(bad[i]));
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "a@b", 3);
    longest[254] = '\0';
    assert_null(account_email_fault(longest));
    longest[254] = 'a';
    longest[255] = '\0';
    assert_non_null(account_email_fault(longest));
}

static void full_names(void **state)
{
    static const char *const good[] = { "", "Alice Liddell", "Zo\xc3\xab", "\xf0\x9f\x98\x80" };
    static const char *const bad[] = { "a:b", "a\nb", "a\x1b[2J", "\xff", "\xc3", "\xc0\xaf",
                                       "\xed\xa0\x80", "a\xe2\x80\xae" "b", "\xc2\x85", "\xf4\x90\x80\x80" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(account_full_name_fault(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(account_full_name_fault(bad[i]));
}

static void uids(void **state)
{
    static const uint64_t good[] = { 1000, 60000, 65536, 70100, 524287, 1879048192, 2147483647 };
    static const uint64_t bad[] = { 0, 1, 999, 60001, 65534, 65535, 524288, 1879048191, 2147483648,
                                    4294967295, 4294968296 };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(account_uid_fault(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(account_uid_fault(bad[i]));
}

static void role_sets(void **state)
{
    unsigned set = 99;

    (void)state;
    assert_true(roles_parse("admin,auditor", &set));
    assert_int_equal(set, ROLE_MEMBER | ROLE_ADMIN | ROLE_AUDITOR);
    assert_true(roles_parse("member", &set));
    assert_int_equal(set, ROLE_MEMBER);
    assert_false(roles_parse("", &set));
    assert_false(roles_parse("admin,", &set));
    assert_false(roles_parse("admin,root", &set));
    assert_false(roles_parse("Admin", &set));
    assert_int_equal(set, ROLE_MEMBER);
}

static void policy_takes_only_what_is_in_range(void **state)
{
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_true(policy_set(&policy, "password_min_length", "14"));
    assert_int_equal(policy.password_min_length, 14);
    assert_false(policy_set(&policy, "password_min_length", "7"));
    assert_false(policy_set(&policy, "password_min_length", "14x"));
    assert_false(policy_set(&policy, "password_min_length", ""));
    assert_false(policy_set(&policy, "free_failures", "99999999999999999999"));
    assert_false(policy_set(&policy, "no_such_key", "1"));
    assert_false(policy_set(&policy, "keyboardless_services", "cron\nx"));
    assert_int_equal(policy.password_min_length, 14);
}

static void keyboardless_services_are_whole_words(void **state)
{
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_true(policy_service_is_keyboardless(&policy, "cron"));
    assert_true(policy_service_is_keyboardless(&policy, "systemd-user"));
    assert_false(policy_service_is_keyboardless(&policy, "cro"));
    assert_false(policy_service_is_keyboardless(&policy, "crons"));
    assert_false(policy_service_is_keyboardless(&policy, "sshd"));
    assert_false(policy_service_is_keyboardless(&policy, ""));
}

static void what_does_not_fit_is_refused_or_cut_behind_a_character(void **state)
{
    char text[4] = "old";

    (void)state;
    assert_false(fit_whole("four", text, sizeof text));
    assert_string_equal(text, "old");
    assert_true(fit_whole("new", text, sizeof text));
    assert_string_equal(text, "new");
    assert_int_equal(fit_length("new", 4), 3);
    assert_int_equal(fit_length("newer", 4), 3);
    assert_int_equal(fit_length("n\xc3\xa9", 4), 3);
    assert_int_equal(fit_length("ne\xc3\xa9", 4), 2);
    assert_int_equal(fit_length("\xf0\x9f\x98\x80", 4), 0);
    assert_int_equal(fit_length("n", 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_follows_the_contracts_order),
        cmocka_unit_test(only_what_is_used_by_people_falls_asleep),
        cmocka_unit_test(an_account_of_the_fleet_is_of_no_use_without_word_of_it),
        cmocka_unit_test(only_a_password_of_people_becomes_too_old),
        cmocka_unit_test(times_of_zero_mean_never),
        cmocka_unit_test(a_password_changed_lately_is_waited_with),
        cmocka_unit_test(a_strange_status_is_not_active),
        cmocka_unit_test(locks_double_up_to_the_ceiling),
        cmocka_unit_test(no_clock_makes_a_lock_longer),
        cmocka_unit_test(attempts_left_count_down),
        cmocka_unit_test(over_the_users_ceiling_only_known_origins_are_served),
        cmocka_unit_test(usernames),
        cmocka_unit_test(names_in_small_letters),
        cmocka_unit_test(emails),
        cmocka_unit_test(full_names),
        cmocka_unit_test(uids),
        cmocka_unit_test(role_sets),
        cmocka_unit_test(policy_takes_only_what_is_in_range),
        cmocka_unit_test(what_does_not_fit_is_refused_or_cut_behind_a_character),
        cmocka_unit_test(keyboardless_services_are_whole_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
