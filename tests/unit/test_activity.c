/*
 * Attempts: charged before they are judged, counted per user and origin, forgotten in time. The clock is the
 * tests'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_summary.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "fixture/fixture.h"
#include "fixture/activity_case.h"

#define THERE "ip:192.0.2.2"

static struct activity_summary summary_of(uint32_t uid, int64_t now)
{
    struct activity_summary summary;

    assert_int_equal(activity_summarise(activity_log, uid, &policy, now, &summary), STORE_OK);
    return summary;
}

/* -- counting ----------------------------------------------------------------------------- */

static void an_attempt_is_counted_before_it_is_judged(void **state)
{
    int64_t id = 0;

    (void)state;
    assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_true(id > 0);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending WHERE uid = 70100 AND"
                                             " origin = '" HERE "' AND at = 1800000000"),
                     1);
}

static void five_failures_lock_the_origin(void **state)
{
    struct activity activity = { .failures = -1 };
    int64_t id = -7;

    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    assert_int_equal(activity_charge(activity_log, ALICE, HERE, &policy, NOW, &activity, &id),
                     STORE_REFUSED);
    assert_int_equal(id, -7);
    assert_int_equal(activity.failures, 5);
    assert_int_equal(activity.last_failure, NOW);
    assert_int_equal(activity_locked_until(&activity, &policy, NOW), NOW + 30);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
}

static void another_origin_and_another_user_are_not_locked(void **state)
{
    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    assert_int_equal(attempt(ALICE, THERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    assert_int_equal(attempt(BOB, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    assert_int_equal(attempt(ACTIVITY_NOBODY, HERE, ATTEMPT_FAILED, NOW), STORE_OK);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW), STORE_REFUSED);
}

static void a_refused_attempt_does_not_lengthen_the_lock(void **state)
{
    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    for (int64_t t = 0; t < 30; t++)
        assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW + t), STORE_REFUSED);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW + 30), STORE_OK);
}

static void after_the_lock_one_failure_makes_a_longer_one(void **state)
{
    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    fail_times(1, ALICE, HERE, NOW + 30);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW + 30 + 59), STORE_REFUSED);
    fail_times(1, ALICE, HERE, NOW + 30 + 60);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW + 90 + 119), STORE_REFUSED);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW + 90 + 120), STORE_OK);
}

static void success_clears_its_origin_alone(void **state)
{
    (void)state;
    fail_times(4, ALICE, HERE, NOW);
    fail_times(4, ALICE, THERE, NOW);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    fail_times(5, ALICE, HERE, NOW);
    fail_times(1, ALICE, THERE, NOW);
    assert_int_equal(attempt(ALICE, THERE, ATTEMPT_FAILED, NOW), STORE_REFUSED);
}

static void success_makes_the_origin_a_known_one(void **state)
{
    struct activity activity;
    int64_t id;

    (void)state;
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    assert_int_equal(activity_charge(activity_log, ALICE, HERE, &policy, NOW, &activity, &id),
                     STORE_OK);
    assert_true(activity.known_origin);
    assert_int_equal(activity_charge(activity_log, ALICE, THERE, &policy, NOW, &activity, &id),
                     STORE_OK);
    assert_false(activity.known_origin);
    assert_int_equal(activity_charge(activity_log, BOB, HERE, &policy, NOW, &activity, &id),
                     STORE_OK);
    assert_false(activity.known_origin);
}

static void a_known_origin_is_forgotten_after_policys_days(void **state)
{
    struct activity activity;
    int64_t id;

    (void)state;
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    assert_int_equal(
        activity_charge(activity_log, ALICE, HERE, &policy, NOW + 90 * 86400, &activity, &id),
        STORE_OK);
    assert_true(activity.known_origin);
    assert_int_equal(
        activity_charge(activity_log, ALICE, HERE, &policy, NOW + 90 * 86400 + 1, &activity, &id),
        STORE_OK);
    assert_false(activity.known_origin);
}

static void a_neutral_attempt_changes_nothing(void **state)
{
    (void)state;
    fail_times(4, ALICE, HERE, NOW);
    for (int i = 0; i < 10; i++)
        assert_int_equal(attempt(ALICE, HERE, ATTEMPT_NEUTRAL, NOW), STORE_OK);
    assert_int_equal(fixture_activity_number("SELECT count FROM failures"), 4);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM known_origins"), 0);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
}

/* -- attempts under way ------------------------------------------------------------------- */

static void the_sixth_parallel_attempt_waits(void **state)
{
    int64_t ids[6] = { 0 };

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(charge(ALICE, HERE, NOW, &ids[i]), STORE_OK);
    assert_int_equal(charge(ALICE, HERE, NOW, &ids[5]), STORE_WAIT);
    assert_int_equal(ids[5], 0);
    assert_int_equal(charge(ALICE, THERE, NOW, &ids[5]), STORE_OK);
    assert_int_equal(activity_settle(activity_log, ids[0], ALICE, HERE, ATTEMPT_SUCCEEDED, NOW),
                     STORE_OK);
    assert_int_equal(charge(ALICE, HERE, NOW, &ids[0]), STORE_OK);
}

static void failures_and_attempts_under_way_share_the_limit(void **state)
{
    int64_t id;

    (void)state;
    fail_times(3, ALICE, HERE, NOW);
    assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_WAIT);
}

static void after_a_lock_only_one_attempt_is_under_way(void **state)
{
    int64_t id;

    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    assert_int_equal(charge(ALICE, HERE, NOW + 30, &id), STORE_OK);
    assert_int_equal(charge(ALICE, HERE, NOW + 30, &id), STORE_WAIT);
}

static void a_charge_left_behind_becomes_a_failure(void **state)
{
    int64_t id;

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_int_equal(charge(ALICE, HERE, NOW + 30, &id), STORE_WAIT);
    assert_int_equal(charge(ALICE, HERE, NOW + 31, &id), STORE_REFUSED);
    assert_int_equal(summary_of(ALICE, NOW + 31).failures, 5);
    assert_int_equal(charge(ALICE, HERE, NOW + 31 + 30, &id), STORE_OK);
}

/* -- time --------------------------------------------------------------------------------- */

static void failures_are_forgotten_after_15_quiet_minutes(void **state)
{
    (void)state;
    fail_times(4, ALICE, HERE, NOW);
    assert_int_equal(summary_of(ALICE, NOW + 899).failures, 4);
    assert_int_equal(summary_of(ALICE, NOW + 900).failures, 0);
    fail_times(5, ALICE, HERE, NOW + 900);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW + 900), STORE_REFUSED);
}

static void any_failure_begins_the_quiet_minutes_anew(void **state)
{
    (void)state;
    fail_times(4, ALICE, HERE, NOW);
    fail_times(1, ALICE, HERE, NOW + 899);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, NOW + 900), STORE_REFUSED);
}

static void a_clock_set_back_makes_no_lock_longer_than_its_length(void **state)
{
    const int64_t back = NOW - 31536000;

    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, back), STORE_REFUSED);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_FAILED, back + 29), STORE_REFUSED);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, back + 30), STORE_OK);
}

static void a_clock_set_back_leaves_no_charge_behind(void **state)
{
    int64_t id;

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(charge(ALICE, HERE, NOW, &id), STORE_OK);
    assert_int_equal(charge(ALICE, HERE, NOW - 86400, &id), STORE_REFUSED);
    assert_int_equal(charge(ALICE, HERE, NOW - 86400 + 30, &id), STORE_OK);
}

static void a_clock_set_forward_forgets_no_more_than_time_would(void **state)
{
    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW + 31536000), STORE_OK);
    assert_int_equal(summary_of(ALICE, NOW + 31536000).locked_until, 0);
}

/* -- the user's ceiling ------------------------------------------------------------------- */

/* `count` failures, five an origin. */
static void fail_from_everywhere(int count)
{
    for (int i = 0; i < count; i++) {
        char origin[ORIGIN_SIZE];

        snprintf(origin, sizeof origin, "ip:198.51.%d.%d", i / 5 / 250, i / 5 % 250);
        fail_times(1, ALICE, origin, NOW);
    }
}

static void over_100_failures_unknown_origins_are_refused(void **state)
{
    (void)state;
    fail_from_everywhere(99);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_NEUTRAL, NOW), STORE_OK);
    fail_times(1, ALICE, THERE, NOW);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_REFUSED);
    assert_int_equal(attempt(BOB, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
}

static void over_100_failures_known_origins_are_served(void **state)
{
    (void)state;
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    fail_from_everywhere(100);
    assert_int_equal(attempt(ALICE, THERE, ATTEMPT_SUCCEEDED, NOW), STORE_REFUSED);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    fail_times(5, ALICE, HERE, NOW);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_REFUSED);
}

static void attempts_under_way_count_towards_the_ceiling(void **state)
{
    int64_t id;

    (void)state;
    fail_from_everywhere(98);
    assert_int_equal(charge(ALICE, "ip:203.0.113.1", NOW, &id), STORE_OK);
    assert_int_equal(charge(ALICE, "ip:203.0.113.2", NOW, &id), STORE_OK);
    assert_int_equal(charge(ALICE, "ip:203.0.113.3", NOW, &id), STORE_WAIT);
}

static void the_ceiling_is_told_with_its_end(void **state)
{
    (void)state;
    fail_from_everywhere(99);
    assert_int_equal(summary_of(ALICE, NOW).locked_until, NOW + 30); /* an origin's */
    attempt(ALICE, "ip:203.0.113.1", ATTEMPT_FAILED, NOW + 60);
    assert_int_equal(summary_of(ALICE, NOW + 60).locked_until, NOW + 900); /* when the first is forgotten */
    assert_int_equal(summary_of(ALICE, NOW + 900).locked_until, 0);
    assert_true(summary_of(ALICE, NOW - 10000).locked_until <= NOW - 10000 + 900); /* a clock set back */
}

static void the_rows_are_bounded_however_many_origins_there_are(void **state)
{
    (void)state;
    for (int i = 0; i < 400; i++) {
        char origin[ORIGIN_SIZE];

        snprintf(origin, sizeof origin, "ip:2001:db8:0:%x::/64", (unsigned)i);
        attempt(ALICE, origin, ATTEMPT_FAILED, NOW);
        attempt(ACTIVITY_NOBODY, origin, ATTEMPT_FAILED, NOW);
    }
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM failures WHERE uid = 70100"),
                     100);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM failures"), 200);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
    fail_times(1, BOB, HERE, NOW + 901);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM failures"), 1);
}

/* -- looking back ------------------------------------------------------------------------- */

static void unlock_forgets_one_users_failures_everywhere(void **state)
{
    int64_t id;

    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    fail_times(5, BOB, HERE, NOW);
    for (int i = 0; i < 5; i++)
        assert_int_equal(charge(ALICE, THERE, NOW, &id), STORE_OK);
    assert_int_equal(activity_unlock(activity_log, ALICE), STORE_OK);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    assert_int_equal(attempt(ALICE, THERE, ATTEMPT_SUCCEEDED, NOW), STORE_OK);
    assert_int_equal(attempt(BOB, HERE, ATTEMPT_SUCCEEDED, NOW), STORE_REFUSED);
}

static void the_summary_has_the_latest_lock_of_all_origins(void **state)
{
    struct activity_summary summary;

    (void)state;
    fail_times(5, ALICE, HERE, NOW);
    fail_times(3, ALICE, THERE, NOW + 5);
    fail_times(5, ALICE, "ip:192.0.2.3", NOW + 9);
    fail_times(5, BOB, HERE, NOW + 20);
    summary = summary_of(ALICE, NOW + 10);
    assert_int_equal(summary.locked_until, NOW + 39);
    assert_int_equal(summary.failures, 13);
    assert_int_equal(summary.last_login_at, 0);
    assert_string_equal(summary.last_service, "");
    assert_int_equal(summary_of(ALICE, NOW + 39).locked_until, 0);
}

static void assert_locks(uint32_t uid, int64_t now, const char *expected)
{
    char *text = NULL;

    assert_int_equal(activity_locks_json(activity_log, uid, &policy, now, &text), STORE_OK);
    assert_string_equal(text, expected);
    store_text_free(text);
}

static void assert_locked_uids(int64_t now, const char *expected)
{
    char *text = NULL;

    assert_int_equal(activity_locked_uids(activity_log, &policy, now, &text), STORE_OK);
    assert_string_equal(text, expected);
    store_text_free(text);
}

static void locks_are_told_by_origin(void **state)
{
    (void)state;
    assert_locks(ALICE, NOW, "[]");
    fail_times(5, ALICE, HERE, NOW);
    fail_times(4, ALICE, THERE, NOW);
    fail_times(5, BOB, HERE, NOW);
    fail_times(5, ALICE, "ip:192.0.2.3", NOW + 9);
    assert_locks(ALICE, NOW + 10, "[{\"origin\":\"ip:192.0.2.3\",\"failures\":5,\"until\":\"2027-01-15T08:00:39Z\"},"
                                  "{\"origin\":\"ip:192.0.2.1\",\"failures\":5,\"until\":\"2027-01-15T08:00:30Z\"}]");
    assert_locks(ALICE, NOW + 39, "[]");
}

/* Of each of them fewer than lock it. */
static void fail_four_times_from(int origins)
{
    for (int i = 0; i < origins; i++) {
        char origin[ORIGIN_SIZE];

        snprintf(origin, sizeof origin, "ip:198.51.100.%d", i);
        fail_times(4, ALICE, origin, NOW);
    }
}

static void the_ceiling_is_a_lock_without_an_origin(void **state)
{
    (void)state;
    fail_four_times_from(25);
    assert_locks(ALICE, NOW, "[{\"origin\":null,\"failures\":100,\"until\":\"2027-01-15T08:15:00Z\"}]");
    assert_locks(ALICE, NOW + 900, "[]");
}

static void who_is_locked_is_whose_summary_says_so(void **state)
{
    (void)state;
    assert_locked_uids(NOW, "[]");
    fail_four_times_from(24);
    fail_times(3, ALICE, HERE, NOW);
    fail_times(5, BOB, HERE, NOW);
    fail_times(3, BOB, THERE, NOW);
    fail_times(4, BOB + 1, HERE, NOW);
    for (int i = 0; i < 9; i++)
        attempt(ACTIVITY_NOBODY, HERE, ATTEMPT_FAILED, NOW);
    assert_locked_uids(NOW, "[70101]");
    fail_times(1, ALICE, HERE, NOW + 1);
    assert_locked_uids(NOW + 1, "[70100,70101]");
    assert_locked_uids(NOW + 30, "[70100]");
}

static struct activity_notice record_login(uint32_t uid, const char *service, const char *origin,
                                           int64_t now)
{
    struct activity_notice notice;

    assert_int_equal(activity_record_login(activity_log, uid, service, origin, now, &notice), STORE_OK);
    return notice;
}

static void failures_are_told_once_at_the_next_login(void **state)
{
    struct activity_notice notice = record_login(ALICE, "sshd", HERE, NOW);

    (void)state;
    assert_int_equal(notice.last_login_at, 0);
    assert_int_equal(notice.failures, 0);
    fail_times(2, ALICE, HERE, NOW + 1);
    fail_times(1, ALICE, THERE, NOW + 2);
    fail_times(1, BOB, THERE, NOW + 3);
    assert_int_equal(attempt(ALICE, HERE, ATTEMPT_SUCCEEDED, NOW + 4), STORE_OK);
    fail_times(1, BOB, HERE, NOW + 2000); /* by then alice's failures no longer count */
    notice = record_login(ALICE, "sshd", THERE, NOW + 2001);
    assert_int_equal(notice.last_login_at, NOW);
    assert_string_equal(notice.last_origin, HERE);
    assert_int_equal(notice.failures, 3);
    assert_int_equal(notice.last_failure_at, NOW + 2);
    assert_string_equal(notice.failure_origin, THERE);
    assert_int_equal(record_login(ALICE, "sshd", HERE, NOW + 2002).failures, 0);
}

static void strangers_leave_no_notice(void **state)
{
    (void)state;
    attempt(ACTIVITY_NOBODY + 7, HERE, ATTEMPT_FAILED, NOW);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM notices"), 0);
}

static void the_last_login_is_the_last_one_recorded(void **state)
{
    struct activity_summary summary;

    (void)state;
    record_login(ALICE, "sshd", HERE, NOW);
    record_login(ALICE, "su", "uid:5", NOW + 1);
    record_login(BOB, "cron", HERE, NOW + 2);
    summary = summary_of(ALICE, NOW + 3);
    assert_int_equal(summary.last_login_at, NOW + 1);
    assert_string_equal(summary.last_service, "su");
    assert_string_equal(summary.last_origin, "uid:5");
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM logins"), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_log, end_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_attempt_is_counted_before_it_is_judged),
        TEST(five_failures_lock_the_origin),
        TEST(another_origin_and_another_user_are_not_locked),
        TEST(a_refused_attempt_does_not_lengthen_the_lock),
        TEST(after_the_lock_one_failure_makes_a_longer_one),
        TEST(success_clears_its_origin_alone),
        TEST(success_makes_the_origin_a_known_one),
        TEST(a_known_origin_is_forgotten_after_policys_days),
        TEST(a_neutral_attempt_changes_nothing),
        TEST(the_sixth_parallel_attempt_waits),
        TEST(failures_and_attempts_under_way_share_the_limit),
        TEST(after_a_lock_only_one_attempt_is_under_way),
        TEST(a_charge_left_behind_becomes_a_failure),
        TEST(failures_are_forgotten_after_15_quiet_minutes),
        TEST(any_failure_begins_the_quiet_minutes_anew),
        TEST(a_clock_set_back_makes_no_lock_longer_than_its_length),
        TEST(a_clock_set_back_leaves_no_charge_behind),
        TEST(a_clock_set_forward_forgets_no_more_than_time_would),
        TEST(over_100_failures_unknown_origins_are_refused),
        TEST(over_100_failures_known_origins_are_served),
        TEST(attempts_under_way_count_towards_the_ceiling),
        TEST(the_ceiling_is_told_with_its_end),
        TEST(the_rows_are_bounded_however_many_origins_there_are),
        TEST(unlock_forgets_one_users_failures_everywhere),
        TEST(the_summary_has_the_latest_lock_of_all_origins),
        TEST(locks_are_told_by_origin),
        TEST(the_ceiling_is_a_lock_without_an_origin),
        TEST(who_is_locked_is_whose_summary_says_so),
        TEST(failures_are_told_once_at_the_next_login),
        TEST(strangers_leave_no_notice),
        TEST(the_last_login_is_the_last_one_recorded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
