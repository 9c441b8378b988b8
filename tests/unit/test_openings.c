/*
 * Who was let open a session: found while the process lives, and only that one; rows of what is gone go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sql/openings.h"
#include "sql/store.h"
#include "fixture/activity_case.h"
#include "fixture/fixture.h"

/* So many more rows of processes that are gone: the kernel's numbers end before. */
#define GONE(count) \
    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < " count ")" \
    " INSERT INTO openings (uid, pid, start, boot) SELECT 70100, 4300000 + i, 1, boot FROM n, openings"

static pid_t start_waiting(void)
{
    pid_t child = fork();

    if (child == 0)
        for (;;)
            pause();
    assert_true(child > 0);
    return child;
}

static void end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* How many there are; the last one's number in *ret, where that is asked. */
static size_t count_of(uint32_t uid, pid_t *ret)
{
    struct openings openings = { 0 };
    size_t count;

    assert_int_equal(openings_read(activity_log, uid, &openings), STORE_OK);
    count = openings.count;
    if (ret != NULL && count > 0)
        *ret = openings.all[count - 1].pid;
    openings_free(&openings);
    return count;
}

static int64_t rows(void)
{
    return fixture_activity_number("SELECT count(*) FROM openings");
}

static void a_file_of_a_former_release_has_none(void **state)
{
    (void)state;
    assert_int_equal(count_of(ALICE, NULL), 0);
}

static void the_living_are_found_by_their_user(void **state)
{
    pid_t child = start_waiting(), found = 0;

    (void)state;
    assert_int_equal(openings_add(activity_log, ALICE, child), STORE_OK);
    assert_int_equal(openings_add(activity_log, ALICE, child), STORE_OK);
    assert_int_equal(openings_add(activity_log, BOB, getpid()), STORE_OK);
    assert_int_equal(rows(), 2);
    assert_int_equal(count_of(ALICE, &found), 1);
    assert_int_equal(found, child);
    end(child);
    assert_int_equal(count_of(ALICE, NULL), 0);
    assert_int_equal(count_of(BOB, NULL), 1);
    assert_int_equal(openings_add(activity_log, ALICE, child), STORE_FAILED);
}

static void a_number_used_anew_is_another(void **state)
{
    (void)state;
    assert_int_equal(openings_add(activity_log, ALICE, getpid()), STORE_OK);
    fixture_activity_sql("UPDATE openings SET start = start - 1");
    assert_int_equal(count_of(ALICE, NULL), 0);
}

static void another_boots_are_none(void **state)
{
    (void)state;
    assert_int_equal(openings_add(activity_log, ALICE, getpid()), STORE_OK);
    fixture_activity_sql("UPDATE openings SET boot = 'another'");
    assert_int_equal(count_of(ALICE, NULL), 0);
    assert_int_equal(openings_add(activity_log, BOB, getpid()), STORE_OK);
    assert_int_equal(rows(), 1);
}

static void the_gone_are_dropped_and_the_living_kept(void **state)
{
    pid_t child = start_waiting();

    (void)state;
    assert_int_equal(openings_add(activity_log, ALICE, child), STORE_OK);
    fixture_activity_sql(GONE("20"));
    for (int i = 0; i < 4; i++)
        assert_int_equal(openings_add(activity_log, BOB, getpid()), STORE_OK);
    assert_int_equal(rows(), 2);
    assert_int_equal(count_of(ALICE, NULL), 1);
    end(child);
}

static void there_is_a_ceiling(void **state)
{
    (void)state;
    assert_int_equal(openings_add(activity_log, ALICE, getpid()), STORE_OK);
    fixture_activity_sql(GONE("10000"));
    assert_int_equal(openings_add(activity_log, BOB, getpid()), STORE_OK);
    assert_int_equal(rows(), OPENINGS_MAX);
    assert_int_equal(count_of(BOB, NULL), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_of_a_former_release_has_none, begin_log, end_log),
        cmocka_unit_test_setup_teardown(the_living_are_found_by_their_user, begin_log, end_log),
        cmocka_unit_test_setup_teardown(a_number_used_anew_is_another, begin_log, end_log),
        cmocka_unit_test_setup_teardown(another_boots_are_none, begin_log, end_log),
        cmocka_unit_test_setup_teardown(the_gone_are_dropped_and_the_living_kept, begin_log, end_log),
        cmocka_unit_test_setup_teardown(there_is_a_ceiling, begin_log, end_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
