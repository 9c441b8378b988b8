/*
 * Waiting for the store's lock: a holder that was stopped is ended, one that works is waited for, and
 * nothing a holder had begun and not committed is left.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"

static int with_alice(void **state)
{
    struct account alice = fixture_account("alice", 70100);

    (void)state;
    fixture_reset();
    fixture_add(&alice, NULL);
    return 0;
}

/* The child: takes the lock, changes something, says so, and then does as it is told. */
static void hold(int told, bool stops)
{
    const struct timespec work = { .tv_sec = 1, .tv_nsec = 500000000 };
    struct store *store = NULL;

    if (store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store) != STORE_OK ||
        store_begin(store) != STORE_OK ||
        store_account_set_status(store, 70100, ACCOUNT_SUSPENDED) != STORE_OK ||
        write(told, "x", 1) != 1)
        _exit(1);
    if (stops)
        raise(SIGSTOP);
    nanosleep(&work, NULL);
    _exit(store_commit(store) == STORE_OK ? 0 : 2);
}

static pid_t start_holder(bool stops)
{
    int pair[2];
    char told;
    pid_t pid;

    assert_int_equal(pipe(pair), 0);
    pid = fork();
    if (pid == 0)
        hold(pair[1], stops);
    close(pair[1]);
    assert_int_equal(read(pair[0], &told, 1), 1);
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
    pid_t pid = start_holder(true);
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
    int status = change_meanwhile(start_holder(false));

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(fixture_number("SELECT count(*) FROM accounts WHERE status = 'suspended'"), 1);
    assert_int_equal(fixture_number("SELECT count(*) FROM account_roles"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_stopped_holder_is_ended, with_alice),
        cmocka_unit_test_setup(a_holder_that_works_is_waited_for, with_alice),
    };

    alarm(60); /* a stopped child that nobody ends would hold us for ever */
    return cmocka_run_group_tests_name("holder", tests, NULL, NULL);
}
