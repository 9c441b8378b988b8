/*
 * Judging by days: how old a password may become, how long an account may lie unused, and the day of the last login,
 * which is kept in the truth and never keeps anybody out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "pam_coder/request.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"
#include "fixture/judge_case.h"

#define LAST_DAY "SELECT coalesce(last_login_day, 0) FROM accounts"
#define DORMANT_AFTER(days) "INSERT OR REPLACE INTO policy VALUES ('dormant_days', '" days "')"

static int64_t today(void)
{
    return time(NULL) / 86400 * 86400;
}

static void set_day(int64_t day)
{
    char sql[96];

    snprintf(sql, sizeof sql, "UPDATE accounts SET last_login_day = %lld", (long long)day);
    fixture_sql(sql);
}

static void set_age(int64_t days, int64_t seconds)
{
    char sql[96];

    /* time(2) is a tick behind SQLite's clock: the judge's own clock, or an age is a second short now and then */
    snprintf(sql, sizeof sql, "UPDATE accounts SET password_changed_at = %lld",
             (long long)(time(NULL) - days * 86400 - seconds));
    fixture_sql(sql);
}

/* -- the day of the last login ------------------------------------------------------------ */

static void a_login_leaves_its_day_in_the_truth(void **state)
{
    int64_t generation;

    (void)state;
    generation = fixture_number("SELECT generation FROM counters");
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_ACTIVE, false);
    assert_int_equal(fixture_number(LAST_DAY), today());
    set_day(today() - 86400);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true); /* a screen locker asks no more */
    assert_int_equal(fixture_number(LAST_DAY), today());
    assert_int_equal(fixture_number("SELECT generation FROM counters"), generation);
    assert_int_equal(audit_rows(), 0);
}

static void what_is_no_login_leaves_none(void **state)
{
    struct request request = about_alice(REQUEST_SESSION, "");

    (void)state;
    ask(REQUEST_AUTHENTICATE, WRONG);
    ask(REQUEST_ACCOUNT, "");
    ask(REQUEST_VERIFY, RIGHT);
    request.silent = 1; /* another user's sudo */
    judge(&request, ROOT);
    request.silent = 0;
    snprintf(request.service, sizeof request.service, "cron");
    judge(&request, ROOT);
    snprintf(request.service, sizeof request.service, "systemd-user");
    judge(&request, ROOT);
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    ask(REQUEST_SESSION, "");
    ask(REQUEST_AUTHENTICATE, RIGHT);
    assert_int_equal(fixture_number(LAST_DAY), 0);
}

static void the_day_never_goes_back(void **state)
{
    struct store *store = NULL;

    (void)state;
    set_day(today() + 86400); /* the clock was ahead */
    ask(REQUEST_SESSION, "");
    assert_int_equal(fixture_number(LAST_DAY), today() + 86400);
    set_day(86400);
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_account_note_login(store, ALICE, 0), STORE_LOST); /* another login was faster */
    assert_int_equal(store_account_note_login(store, ALICE, 86400), STORE_LOST);
    fixture_sql("UPDATE accounts SET status = 'suspended'"); /* between the answer and the writing */
    assert_int_equal(store_account_note_login(store, ALICE, today()), STORE_LOST);
    store_close(store);
    assert_int_equal(fixture_number(LAST_DAY), 86400);
}

static void a_locked_store_keeps_nobody_out(void **state)
{
    struct store *store = NULL;

    (void)state;
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_ACTIVE, true);
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_ACTIVE, false);
    store_close(store);
    assert_int_equal(fixture_number(LAST_DAY), 0);
    ask(REQUEST_SESSION, "");
    assert_int_equal(fixture_number(LAST_DAY), today());
}

/* -- unused accounts ---------------------------------------------------------------------- */

static void fall_asleep(void)
{
    fixture_sql(DORMANT_AFTER("90"));
    set_day(today() - 91 * 86400);
}

static void a_dormant_user_is_out_and_stays_dormant(void **state)
{
    (void)state;
    set_day(today() - 90 * 86400);
    fixture_sql(DORMANT_AFTER("90"));
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false); /* its last day of grace */
    fall_asleep();
    assert_answer(ask(REQUEST_AUTHENTICATE, RIGHT), VERDICT_DORMANT, true);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_DORMANT, false);
    assert_answer(ask_session_of(getpid()), VERDICT_DORMANT, false);
    assert_int_equal(fixture_activity_number("SELECT count(*) FROM sqlite_master WHERE name = 'openings'"), 0);
    assert_int_equal(fixture_number(LAST_DAY), today() - 91 * 86400);
    assert_int_equal(failures_of(ALICE), 0); /* a right password that is refused is no failure */
}

static void a_dormant_users_jobs_do_not_run(void **state)
{
    struct request request = about_alice(REQUEST_ACCOUNT, "");

    (void)state;
    fall_asleep();
    snprintf(request.service, sizeof request.service, "cron");
    assert_answer(judge(&request, ROOT), VERDICT_DORMANT, false);
}

/* What is expendable decides nothing. */
static void the_attempts_wake_and_sleep_nobody(void **state)
{
    (void)state;
    ask(REQUEST_SESSION, "");
    fall_asleep();
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_DORMANT, false); /* with a login of today in the attempts */
    unlink(FIXTURE_PRIVATE "/activity.db");
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_DORMANT, false);
    set_day(today());
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false); /* without any */
}

/* -- old passwords ------------------------------------------------------------------------ */

static void the_last_days_are_told(void **state)
{
    static const struct {
        int64_t age, seconds;
        uint32_t left;
    } cases[] = { { 82, 0, 0 }, { 83, 1, 7 }, { 84, 0, 6 }, { 84, 1, 6 }, { 88, 1, 2 }, { 89, 1, 1 }, { 89, 86000, 1 },
                  { 90, 0, 0 } /* too old: said in other words */, { -5, 0, 0 } };

    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('password_max_days', '90')");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_age(cases[i].age, cases[i].seconds);
        assert_int_equal(ask(REQUEST_SESSION, "").days_left, cases[i].left);
    }
    set_age(89, 1);
    assert_int_equal(ask(REQUEST_ACCOUNT, "").days_left, 0);
    fixture_sql("INSERT INTO policy VALUES ('password_warn_days', '0')");
    assert_int_equal(ask(REQUEST_SESSION, "").days_left, 0);
}

static void only_whom_it_concerns_is_warned(void **state)
{
    struct request request = about_alice(REQUEST_SESSION, "");

    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('password_max_days', '90')");
    set_age(89, 0);
    snprintf(request.service, sizeof request.service, "cron");
    assert_int_equal(judge(&request, ROOT).days_left, 0);
    fixture_sql("UPDATE accounts SET password_max_days = -1");
    assert_int_equal(ask(REQUEST_SESSION, "").days_left, 0);
    fixture_sql("UPDATE accounts SET password_max_days = NULL, temporary = 1");
    assert_int_equal(ask(REQUEST_SESSION, "").days_left, 0); /* it must be changed at once */
    fixture_sql("UPDATE accounts SET temporary = 0, hash = NULL");
    assert_int_equal(ask(REQUEST_SESSION, "").days_left, 0);
}

static void a_change_begins_the_age_anew(void **state)
{
    (void)state;
    fixture_sql("INSERT INTO policy VALUES ('password_max_days', '90'), ('password_min_hours', '8760')");
    set_age(90, 0);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_TOO_OLD, false);
    assert_int_equal(ask(REQUEST_ACCOUNT, "").must_wait, 0); /* who must change does not wait */
    assert_answer(ask_change(REQUEST_CHANGE, RIGHT, RIGHT), VERDICT_TOO_OLD, false);
    assert_answer(ask_change(REQUEST_CHANGE, RIGHT, NEW), VERDICT_TOO_OLD, true);
    assert_answer(ask(REQUEST_ACCOUNT, ""), VERDICT_ACTIVE, false);
    assert_int_equal(audit_rows(), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_login_leaves_its_day_in_the_truth, with_alice),
        cmocka_unit_test_setup(what_is_no_login_leaves_none, with_alice),
        cmocka_unit_test_setup(the_day_never_goes_back, with_alice),
        cmocka_unit_test_setup(a_locked_store_keeps_nobody_out, with_alice),
        cmocka_unit_test_setup(a_dormant_user_is_out_and_stays_dormant, with_alice),
        cmocka_unit_test_setup(a_dormant_users_jobs_do_not_run, with_alice),
        cmocka_unit_test_setup(the_attempts_wake_and_sleep_nobody, with_alice),
        cmocka_unit_test_setup(the_last_days_are_told, with_alice),
        cmocka_unit_test_setup(only_whom_it_concerns_is_warned, with_alice),
        cmocka_unit_test_setup(a_change_begins_the_age_anew, with_alice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
