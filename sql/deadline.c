/*
 * A POSIX timer whose signal is SIGKILL. It is not inherited by fork and not kept by exec, so it is
 * made by the process that takes the lock. Who has something to say gets a moment for it before, by
 * another timer: nobody can speak after SIGKILL, and who is stopped or held up cannot speak at all.
 */
#include "deadline.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLOW_DISK = 10000 }; /* octets in a millisecond */
enum { WORDS_MS = 500 };    /* to speak; a terminal that was stopped takes none */

static struct {
    timer_t ends, speaks;
    pid_t owner; /* who made them; 0: nobody */
    int held;    /* locks */
    unsigned limit_ms;
    const char *last_words; /* NULL: there is no second timer */
    int status;
} deadline = { .limit_ms = DEADLINE_MS };

void deadline_set(unsigned milliseconds, const char *last_words, int status)
{
    deadline.limit_ms = milliseconds;
    deadline.last_words = last_words;
    deadline.status = status;
}

/* Only what may be called anywhere (signal-safety(7)). */
static void speak_and_end(int signal)
{
    ssize_t written = write(STDERR_FILENO, deadline.last_words, strlen(deadline.last_words));

    (void)signal;
    (void)written; /* there is nobody else to tell */
    _exit(deadline.status);
}

static bool make_timer(int number, timer_t *ret)
{
    struct sigevent signal = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = number };

    return timer_create(CLOCK_MONOTONIC, &signal, ret) == 0;
}

static bool make_timers(void)
{
    if (deadline.owner == getpid())
        return true;
    if (!make_timer(SIGKILL, &deadline.ends))
        return false;
    if (deadline.last_words != NULL &&
        (signal(SIGRTMIN, speak_and_end) == SIG_ERR || !make_timer(SIGRTMIN, &deadline.speaks)))
        return false;
    deadline.owner = getpid();
    deadline.held = 0; /* a child has no lock of its parent's (fcntl_locking(2)) */
    return true;
}

/* 0: never. */
static bool set_timer(timer_t timer, uint64_t milliseconds)
{
    const struct itimerspec after = {
        .it_value = { .tv_sec = (time_t)(milliseconds / 1000),
                      .tv_nsec = (long)(milliseconds % 1000) * 1000000 },
    };

    return timer_settime(timer, 0, &after, NULL) == 0;
}

static bool arm(uint64_t milliseconds)
{
    if (deadline.last_words == NULL)
        return set_timer(deadline.ends, milliseconds);
    return set_timer(deadline.ends, milliseconds > 0 ? milliseconds + WORDS_MS : 0) &&
           set_timer(deadline.speaks, milliseconds);
}

static bool is_held(void)
{
    return deadline.owner == getpid() && deadline.held > 0;
}

bool deadline_hold(void)
{
    if (!make_timers() || (deadline.held == 0 && !arm(deadline.limit_ms)))
        return false;
    deadline.held++;
    return true;
}

void deadline_drop(void)
{
    if (is_held() && --deadline.held == 0)
        arm(0);
}

void deadline_renew(uint64_t octets)
{
    if (is_held())
        arm(deadline.limit_ms + octets / SLOW_DISK);
}
