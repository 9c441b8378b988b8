/*
 * Judging: what is charged, who is locked out, and attempts at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <crypt.h>

#include "pam_coder/request.h"
#include "sql/account.h"
#include "sql/database.h"
#include "fixture/fixture.h"
#include "fixture/judge_case.h"

static void five_wrong_passwords_lock_this_origin_only(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_answer(ask(REQUEST_AUTHENTICATE, WRONG), VERDICT_ACTIVE, false);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    assert_answer(ask(REQUEST_VERIFY, RIGHT), VERDICT_LOCKED, false);
    assert_answer(ask_change(REQUEST_CHANGE, RIGHT, NEW), VERDICT_LOCKED, false);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false); /* keys are not guesses */
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_ACTIVE, false);
    assert_answer(ask_from(THERE, REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    assert_int_equal(failures_of(ALICE), 5);
    assert_true(password_is(RIGHT));
}

static void every_comparison_charges(void **state)
{
    (void)state;
    ask(REQUEST_AUTHENTICATE, WRONG);
    ask(REQUEST_VERIFY, WRONG);
    ask_change(REQUEST_CHANGE, WRONG, NEW);
    assert_int_equal(failures_of(ALICE), 3);
}

static void a_lock_that_has_run_out_lets_the_right_password_in(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        ask(REQUEST_AUTHENTICATE, WRONG);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    fixture_activity_sql("UPDATE failures SET last = last - 31");
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_int_equal(failures_of(ALICE), 0);
}

static void locked_comes_before_suspended(void **state)
{
    (void)state;
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    for (int i = 0; i < 5; i++)
        assert_answer(ask(REQUEST_AUTHENTICATE, WRONG), VERDICT_SUSPENDED, false);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
}

static void a_right_password_refused_for_another_reason_is_no_failure(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        ask(REQUEST_AUTHENTICATE, WRONG);
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    for (int i = 0; i < 6; i++)
        assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_SUSPENDED, true);
    assert_int_equal(failures_of(ALICE), 4);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM known_origins"), 0);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
}

static void success_makes_the_origin_known_and_clears_it(void **state)
{
    (void)state;
    ask(REQUEST_AUTHENTICATE, WRONG);
    ask_from(THERE, REQUEST_AUTHENTICATE, WRONG);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_int_equal(failures_of(ALICE), 1);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM known_origins WHERE uid = 70100"
                                             " AND origin = 'ip:192.0.2.1'"),
                     1);
}

static void an_unprivileged_caller_is_its_own_origin(void **state)
{
    struct request request = about_alice(REQUEST_AUTHENTICATE, WRONG);

    (void)state;
    judge(&request, 4000);
    assert_int_equal(
        fixture_activity_number("SELECT count FROM failures WHERE origin = 'uid:4000'"), 1);
}

static void plant_pending(int count)
{
    char sql[256];

    ask(REQUEST_AUTHENTICATE, RIGHT); /* so that there is a file */
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO pending (uid, origin, at) SELECT 70100, 'ip:" HERE
             "', unixepoch() FROM n",
             count);
    fixture_activity_sql(sql);
}

/* argument: SQL for the store just before, or NULL. */
static void *land_soon(void *argument)
{
    sqlite3 *db = NULL;

    usleep(400000);
    if (argument != NULL)
        fixture_sql(argument);
    if (sqlite3_open_v2(FIXTURE_PRIVATE "/activity.db", &db, SQLITE_OPEN_READWRITE, NULL) ==
        SQLITE_OK) {
        sqlite3_busy_timeout(db, 2000);
        sqlite3_exec(db, "DELETE FROM pending WHERE id = (SELECT min(id) FROM pending)", NULL, NULL,
                     NULL);
    }
    sqlite3_close(db);
    return NULL;
}

static void an_attempt_waits_for_those_in_flight(void **state)
{
    int64_t start;
    pthread_t thread;

    (void)state;
    plant_pending(5);
    start = packet_clock();
    assert_int_equal(pthread_create(&thread, NULL, land_soon, NULL), 0);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    pthread_join(thread, NULL);
    assert_true(packet_clock() - start >= 399);
    assert_int_equal(failures_of(ALICE), 0);
}

/* The right password after a wait in which an administrator did this. */
static struct answer ask_after_waiting(char *sql)
{
    struct answer answer;
    pthread_t thread;

    plant_pending(5);
    assert_int_equal(pthread_create(&thread, NULL, land_soon, sql), 0);
    answer = ask(REQUEST_AUTHENTICATE, RIGHT);
    pthread_join(thread, NULL);
    return answer;
}

static void what_was_read_before_waiting_is_read_again(void **state)
{
    char suspended[] = "UPDATE accounts SET status = 'suspended'";
    char reset[] = "UPDATE accounts SET hash = '$y$j9T$x$y', temporary = 1";
    char deleted[] = "PRAGMA foreign_keys = ON; DELETE FROM accounts";

    assert_answer(ask_after_waiting(suspended), VERDICT_SUSPENDED, true);
    with_alice(state);
    assert_answer(ask_after_waiting(reset), VERDICT_TEMPORARY, false);
    with_alice(state);
    assert_int_equal(ask_after_waiting(deleted).right, 0);
}

static void an_attempt_waits_no_longer_than_five_seconds(void **state)
{
    int64_t start, took;

    (void)state;
    plant_pending(5);
    start = packet_clock();
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_LOCKED, false);
    took = packet_clock() - start;
    assert_true(took >= 4900 && took < 9000);
    assert_int_equal(failures_of(ALICE), 0);
}

struct parallel {
    const char *password;
    struct answer answer;
};

static void *ask_in_parallel(void *argument)
{
    struct parallel *parallel = argument;
    struct request request = about_alice(REQUEST_AUTHENTICATE, parallel->password);

    parallel->answer = judge(&request, ROOT);
    return NULL;
}

/* Twelve at once; how many were right, and how many were judged at all. */
static void ask_twelve(const char *password, int *ret_right, int *ret_judged)
{
    struct parallel parallel[12];
    pthread_t threads[12];

    *ret_right = *ret_judged = 0;
    for (int i = 0; i < 12; i++) {
        parallel[i].password = password;
        assert_int_equal(pthread_create(&threads[i], NULL, ask_in_parallel, &parallel[i]), 0);
    }
    for (int i = 0; i < 12; i++) {
        pthread_join(threads[i], NULL);
        *ret_right += parallel[i].answer.right == 1;
        *ret_judged += parallel[i].answer.verdict == VERDICT_ACTIVE;
    }
}

static void twelve_right_passwords_at_once_all_get_in(void **state)
{
    int right, judged;

    (void)state;
    ask_twelve(RIGHT, &right, &judged);
    assert_int_equal(right, 12);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM pending"), 0);
}

static void of_twelve_wrong_passwords_at_once_five_are_judged(void **state)
{
    int right, judged;

    (void)state;
    ask_twelve(WRONG, &right, &judged);
    assert_int_equal(right, 0);
    assert_int_equal(judged, 5);
    assert_int_equal(failures_of(ALICE), 5);
}

#define TEST(name) cmocka_unit_test_setup(name, with_alice)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(five_wrong_passwords_lock_this_origin_only),
        TEST(every_comparison_charges),
        TEST(a_lock_that_has_run_out_lets_the_right_password_in),
        TEST(locked_comes_before_suspended),
        TEST(a_right_password_refused_for_another_reason_is_no_failure),
        TEST(success_makes_the_origin_known_and_clears_it),
        TEST(an_unprivileged_caller_is_its_own_origin),
        TEST(an_attempt_waits_for_those_in_flight),
        TEST(what_was_read_before_waiting_is_read_again),
        TEST(an_attempt_waits_no_longer_than_five_seconds),
        TEST(twelve_right_passwords_at_once_all_get_in),
        TEST(of_twelve_wrong_passwords_at_once_five_are_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
