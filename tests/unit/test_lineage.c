/*
 * Looking at processes: whoever went away before it was known whose he was is counted, a number that is
 * another's by now is not hit, and whose each is.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/lineage.h"
#include "host/proc.h"
#include "host/units.h"

/* No systemd is asked. */
bool units_are_here(void)
{
    return false;
}

bool units_is_own(struct units *units, const char *name)
{
    (void)units;
    (void)name;
    return false;
}

void units_forget_runs(struct units *units)
{
    (void)units;
}

/* Nobody's here: what runs for him is not looked for. */
static const uint32_t NOBODYS = 4242424242;

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

static void numbers_used_anew_are_not_hit(void **state)
{
    pid_t child = start_waiting();
    struct proc process, other;
    int status;

    (void)state;
    assert_int_equal(proc_read(child, &process), PROC_ALIVE);
    other = process;
    other.start--;
    assert_false(proc_signal(&other, SIGKILL));
    assert_true(proc_is_same(&process));
    assert_true(proc_signal(&process, SIGKILL));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_false(proc_signal(&process, SIGKILL));
}

static void states_are_told_apart(void **state)
{
    pid_t child = start_waiting();
    struct proc process;
    siginfo_t info;
    bool his;

    (void)state;
    assert_int_equal(proc_read(child, &process), PROC_ALIVE);
    assert_int_equal(process.parent, getpid());
    assert_int_equal(process.session, getsid(0));
    assert_int_equal(proc_has_uid(child, getuid(), &his), PROC_ALIVE);
    assert_true(his);
    assert_int_equal(proc_has_uid(child, NOBODYS, &his), PROC_ALIVE);
    assert_false(his);
    kill(child, SIGSTOP);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WSTOPPED), 0);
    assert_int_equal(proc_read(child, &process), PROC_ALIVE);
    assert_true(process.is_stopped);
    kill(child, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(proc_read(child, &process), PROC_ENDED);
    waitpid(child, NULL, 0);
    assert_int_equal(proc_read(child, &process), PROC_VANISHED);
    assert_int_equal(proc_has_uid(child, getuid(), &his), PROC_VANISHED);
}

/* Children that are born and gone while we look. */
static void whoever_vanishes_is_counted(void **state)
{
    struct lineage none = { 0 }, seen = { 0 };
    struct units units = { 0 };
    size_t vanished = 0;
    pid_t child = fork();

    (void)state;
    for (pid_t born = 0; child == 0 && born != -1; waitpid(born, NULL, 0))
        if ((born = vfork()) == 0)
            _exit(0);
    for (int i = 0; i < 2000 && vanished == 0; i++) {
        assert_true(lineage_read(NOBODYS, &none, &units, &seen));
        assert_non_null(lineage_find(&seen, getpid()));
        vanished = seen.vanished;
        lineage_free(&seen);
    }
    end(child);
    assert_true(vanished > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_used_anew_are_not_hit),
        cmocka_unit_test(states_are_told_apart),
        cmocka_unit_test(whoever_vanishes_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
