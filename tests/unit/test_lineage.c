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
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/lineage.h"
#include "host/proc.h"
#include "host/units.h"
#include "sql/openings.h"

/* No systemd is asked. */
bool units_are_here(void)
{
    return false;
}

bool units_is_own(struct units *units, const char *name, uint32_t uid)
{
    (void)units;
    (void)name;
    (void)uid;
    return false;
}

void units_forget_runs(struct units *units)
{
    (void)units;
}

/* Nobody's here: what runs for him is not looked for. */
static const uint32_t NOBODYS = 4242424242;

/* Ours, or our parent's: a test that fails leaves none behind. */
static _Noreturn void wait_for_the_end(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        pause();
}

static pid_t start_waiting(void)
{
    pid_t child = fork();

    if (child == 0)
        wait_for_the_end();
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
    struct whose_user users[] = { { .uid = NOBODYS }, { .uid = getuid() } };
    const struct whose both = { .users = users, .count = 2 };
    pid_t child = start_waiting();
    struct proc process;
    siginfo_t info;
    int owner = WHOSE_NOBODYS;

    (void)state;
    assert_int_equal(proc_read(child, &process), PROC_ALIVE);
    assert_int_equal(process.parent, getpid());
    assert_int_equal(process.session, getsid(0));
    assert_int_equal(proc_whose_uid(child, &both, WHOSE_NOBODYS, &owner), PROC_ALIVE);
    assert_int_equal(owner, 1);
    assert_int_equal(proc_whose_uid(child, &both, 1, &owner), PROC_ALIVE);
    assert_int_equal(owner, WHOSE_NOBODYS);
    kill(child, SIGSTOP);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WSTOPPED), 0);
    assert_int_equal(proc_read(child, &process), PROC_ALIVE);
    assert_true(process.is_stopped);
    kill(child, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(proc_read(child, &process), PROC_ENDED);
    waitpid(child, NULL, 0);
    assert_int_equal(proc_read(child, &process), PROC_VANISHED);
    assert_int_equal(proc_whose_uid(child, &both, WHOSE_NOBODYS, &owner), PROC_VANISHED);
}

/* Children that are born and gone while we look. */
static void whoever_vanishes_is_counted(void **state)
{
    struct whose_user nobody = { .uid = NOBODYS };
    struct lineage none = { 0 }, seen = { 0 };
    struct units units = { 0 };
    size_t vanished = 0;
    pid_t child = fork();

    (void)state;
    for (pid_t born = 0; child == 0 && born != -1; waitpid(born, NULL, 0))
        if ((born = vfork()) == 0)
            _exit(0);
    for (int i = 0; i < 2000 && vanished == 0; i++) {
        assert_true(lineage_read(&(struct whose){ .users = &nobody, .count = 1 }, &none, &units, &seen));
        assert_non_null(lineage_find(&seen, getpid()));
        vanished = seen.vanished;
        lineage_free(&seen);
    }
    end(child);
    assert_true(vanished > 0);
}

/* One look for two users, with these as who opened a session for each: whose is the other one? */
static int find_owner(struct opening first, struct opening second, pid_t pid)
{
    struct whose_user users[] = { { .uid = NOBODYS, .openings = { .all = &first, .count = 1 } },
                                  { .uid = NOBODYS + 1, .openings = { .all = &second, .count = 1 } } };
    struct lineage none = { 0 }, seen = { 0 };
    struct units units = { 0 };
    const struct relative *found;
    int owner;

    assert_true(lineage_read(&(struct whose){ .users = users, .count = 2 }, &none, &units, &seen));
    found = lineage_find(&seen, pid);
    assert_non_null(found);
    owner = found->relation == RELATION_SESSION ? found->owner : WHOSE_NOBODYS;
    lineage_free(&seen);
    return owner;
}

/* A child with one of its own, whose number it writes. */
static pid_t start_family(pid_t *ret_grandchild)
{
    int pipes[2];
    pid_t child;

    assert_int_equal(pipe(pipes), 0);
    child = fork();
    if (child == 0) {
        pid_t grandchild = fork();

        if (grandchild > 0 && write(pipes[1], &grandchild, sizeof grandchild) < 0)
            _exit(1);
        wait_for_the_end();
    }
    assert_int_equal(read(pipes[0], ret_grandchild, sizeof *ret_grandchild), sizeof *ret_grandchild);
    close(pipes[0]);
    close(pipes[1]);
    return child;
}

static struct opening opening_of(pid_t pid)
{
    struct proc process;

    assert_int_equal(proc_read(pid, &process), PROC_ALIVE);
    return (struct opening){ .pid = pid, .start = process.start };
}

static void who_opened_a_session_is_his_and_what_descends_from_it(void **state)
{
    pid_t grandchild = 0, child = start_family(&grandchild), other = start_waiting(), stranger = start_waiting();
    struct opening opening = opening_of(child), others = opening_of(other);

    (void)state;
    assert_int_equal(find_owner(opening, others, child), 0);
    assert_int_equal(find_owner(opening, others, grandchild), 0);
    assert_int_equal(find_owner(opening, others, other), 1);
    assert_int_equal(find_owner(others, opening, grandchild), 1);
    assert_int_equal(find_owner(opening, others, stranger), WHOSE_NOBODYS);
    assert_int_equal(find_owner(opening, others, getpid()), WHOSE_NOBODYS);
    opening.start--; /* the number was another's */
    assert_int_equal(find_owner(opening, others, child), WHOSE_NOBODYS);
    assert_int_equal(find_owner(opening, others, grandchild), WHOSE_NOBODYS);
    kill(grandchild, SIGKILL);
    end(child);
    end(other);
    end(stranger);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_used_anew_are_not_hit),
        cmocka_unit_test(states_are_told_apart),
        cmocka_unit_test(whoever_vanishes_is_counted),
        cmocka_unit_test(who_opened_a_session_is_his_and_what_descends_from_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
