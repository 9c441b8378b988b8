/*
 * Judging: who opens a session is recorded before the truth that lets it in is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/activity_log.h"
#include "sql/database.h"
#include "fixture/fixture.h"
#include "fixture/judge_case.h"

static int64_t openings(void)
{
    return fixture_activity_number("SELECT count(*) FROM sqlite_master WHERE name = 'openings'") == 0
               ? 0 : fixture_activity_number("SELECT count(*) FROM openings");
}

static void who_opens_a_session_is_recorded(void **state)
{
    (void)state;
    assert_answer(ask(REQUEST_SESSION, ""), VERDICT_ACTIVE, false);
    assert_int_equal(openings(), 0); /* not to be seen who */
    assert_answer(ask_session_of(getpid()), VERDICT_ACTIVE, false);
    assert_int_equal(openings(), 1);
    assert_int_equal(fixture_activity_number("SELECT pid FROM openings WHERE uid = 70100"), getpid());
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    assert_answer(ask_session_of(getppid()), VERDICT_SUSPENDED, false);
    assert_int_equal(openings(), 1);
}

static void a_session_that_cannot_be_recorded_is_one(void **state)
{
    (void)state;
    assert_answer(ask_session_of(5000000), VERDICT_ACTIVE, false); /* the kernel's numbers end before */
}

static void *open_session(void *ret)
{
    *(struct answer *)ret = ask_session_of(getpid());
    return NULL;
}

/* While it is recorded, the administrator's word is committed: one of both must see the other. */
static void the_truth_is_read_after_the_record(void **state)
{
    struct activity_log *log = NULL;
    struct answer answer;
    pthread_t thread;

    (void)state;
    ask(REQUEST_SESSION, ""); /* so that there is a file */
    assert_int_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log), STORE_OK);
    assert_int_equal(database_run(log->db, "BEGIN EXCLUSIVE", ""), STORE_OK);
    assert_int_equal(pthread_create(&thread, NULL, open_session, &answer), 0);
    usleep(300000);
    fixture_sql("UPDATE accounts SET status = 'suspended'");
    assert_int_equal(database_run(log->db, "COMMIT", ""), STORE_OK);
    pthread_join(thread, NULL);
    activity_close(log);
    assert_answer(answer, VERDICT_SUSPENDED, false);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(who_opens_a_session_is_recorded, with_alice),
        cmocka_unit_test_setup(a_session_that_cannot_be_recorded_is_one, with_alice),
        cmocka_unit_test_setup(the_truth_is_read_after_the_record, with_alice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
