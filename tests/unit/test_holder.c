/*
 * Waiting for a database's lock: a holder that was stopped or is late is ended, one that works is waited
 * for, and nothing a holder had begun and not committed is left.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sql/account.h"
#include "sql/activity.h"
#include "sql/activity_file.h"
#include "sql/activity_log.h"
#include "sql/database.h"
#include "sql/deadline.h"
#include "sql/store.h"
#include "sql/store_changes.h"
#include "fixture/fixture.h"

static struct store *taken; /* the child's */

static int with_alice(void **state)
{
    struct account alice = fixture_account("alice", 70100);

    (void)state;
    fixture_reset();
    fixture_add(&alice, NULL);
    return 0;
}

enum told { STOPS, WORKS, SLEEPS, READS, ATTEMPTS };

static void take_lock(enum told told)
{
    struct activity_log *log = NULL;
    struct store *store = NULL;
    int64_t generation;
    bool held;

    if (told == ATTEMPTS)
        held = activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log) == STORE_OK &&
               database_run(log->db, "BEGIN EXCLUSIVE", "") == STORE_OK;
    else if (store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store) != STORE_OK)
        held = false;
    else if (told == READS)
        held = database_run(store->db, "BEGIN", "") == STORE_OK &&
               store_generation(store, &generation) == STORE_OK;
    else
        held = store_begin(store) == STORE_OK &&
               store_account_set_status(store, 70100, ACCOUNT_SUSPENDED) == STORE_OK;
    if (!held)
        _exit(1);
    taken = store;
}

static void pause_for(long milliseconds)
{
    const struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

    nanosleep(&time, NULL);
}

/* The child: takes the lock, changes something, says so, and then does as it is told. */
static void hold(int said, enum told told)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL); /* the end comes all the same */
    if (told == STOPS)
        deadline_set(60000, NULL, 0); /* ended by whoever waits, or not at all */
    take_lock(told);
    if (write(said, "x", 1) != 1)
        _exit(1);
    if (told == STOPS)
        raise(SIGSTOP);
    pause_for(told == WORKS ? 1500 : 60000);
    _exit(store_commit(taken) == STORE_OK ? 0 : 2);
}

static pid_t start_holder(enum told told)
{
    int pair[2];
    char said;
    pid_t pid;

    assert_int_equal(pipe(pair), 0);
    pid = fork();
    if (pid == 0)
        hold(pair[1], told);
    close(pair[1]);
    assert_int_equal(read(pair[0], &said, 1), 1);
    close(pair[0]);
    return pid;
}

/* A change of ours while the child holds the lock; how the child ended. */
static int change_meanwhile(pid_t pid)
{
    struct store *store = NULL;
    int status = 0;

    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_account_set_roles(store, 70100, ROLE_MEMBER | ROLE_ADMIN), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void a_stopped_holder_is_ended(void **state)
{
    pid_t pid = start_holder(STOPS);
    int status;

    (void)state;
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    status = change_meanwhile(pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE status = 'active'"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM account_roles"), 1);
}

static void a_holder_that_works_is_waited_for(void **state)
{
    int status = change_meanwhile(start_holder(WORKS));

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE status = 'suspended'"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM account_roles"), 1);
}

static void assert_killed(int status)
{
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void a_holder_past_its_deadline_is_ended(void **state)
{
    (void)state;
    assert_killed(change_meanwhile(start_holder(SLEEPS)));
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE status = 'active'"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM account_roles"), 1);
}

static void so_is_a_reader(void **state)
{
    (void)state;
    assert_killed(change_meanwhile(start_holder(READS)));
    assert_int_equal(fixture_number("SELECT count(*) FROM account_roles"), 1);
}

static void so_is_a_holder_of_the_attempts(void **state)
{
    pid_t pid = start_holder(ATTEMPTS);
    struct activity_log *log = NULL;
    int status = 0;

    (void)state;
    assert_int_equal(activity_open(FIXTURE_PRIVATE, FIXTURE_RUN, &log), STORE_OK);
    assert_int_equal(activity_unlock(log, 70100), STORE_OK);
    activity_close(log);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_killed(status);
}

/* What becomes of a child with a deadline of 300 ms that does this. */
static int child_ends(void (*does)(void))
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        deadline_set(300, NULL, 0);
        does();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void commit_and_sleep(void)
{
    take_lock(WORKS);
    store_commit(taken);
    pause_for(600);
}

static void work_for_long(void)
{
    int64_t count = 0;

    take_lock(WORKS);
    for (int i = 0; i < 8; i++)
        database_number(taken->db, &count, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
                        " FROM n WHERE i < 400000) SELECT count(*) FROM n", "");
    if (store_commit(taken) != STORE_OK || count != 400000)
        _exit(1);
}

static int said[2];

static void be_late(void)
{
    if (dup2(said[1], STDERR_FILENO) == -1)
        _exit(1);
    deadline_set(300, "too late\n", 5);
    take_lock(WORKS);
    pause_for(60000);
}

static void be_late_and_deaf(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    be_late();
}

/* The lock of the tool, say, and then the store's. */
static void wait_with_a_lock(void)
{
    if (!deadline_hold())
        _exit(1);
    take_lock(WORKS);
    deadline_drop();
}

static void who_holds_nothing_may_sleep(void **state)
{
    (void)state;
    assert_int_equal(child_ends(commit_and_sleep), 0);
}

static void who_works_for_long_may(void **state)
{
    (void)state;
    assert_int_equal(child_ends(work_for_long), 0);
}

static void who_is_late_says_so(void **state)
{
    char text[32] = "";
    int status;

    (void)state;
    assert_int_equal(pipe(said), 0);
    status = child_ends(be_late);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 5);
    assert_int_equal(read(said[0], text, sizeof text - 1), strlen("too late\n"));
    assert_string_equal(text, "too late\n");
    assert_killed(child_ends(be_late_and_deaf));
    close(said[0]);
    close(said[1]);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE status = 'active'"), 1);
}

static void who_waits_for_another_is_not_late(void **state)
{
    pid_t pid = start_holder(WORKS);
    int status = 0;

    (void)state;
    assert_int_equal(child_ends(wait_with_a_lock), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_stopped_holder_is_ended, with_alice),
        cmocka_unit_test_setup(a_holder_that_works_is_waited_for, with_alice),
        cmocka_unit_test_setup(a_holder_past_its_deadline_is_ended, with_alice),
        cmocka_unit_test_setup(so_is_a_reader, with_alice),
        cmocka_unit_test_setup(so_is_a_holder_of_the_attempts, with_alice),
        cmocka_unit_test_setup(who_holds_nothing_may_sleep, with_alice),
        cmocka_unit_test_setup(who_works_for_long_may, with_alice),
        cmocka_unit_test_setup(who_is_late_says_so, with_alice),
        cmocka_unit_test_setup(who_waits_for_another_is_not_late, with_alice),
    };

    alarm(60); /* a stopped child that nobody ends would hold us for ever */
    return cmocka_run_group_tests_name("holder", tests, NULL, NULL);
}
