/*
 * A POSIX timer whose signal is SIGKILL. It is not inherited by fork and not kept by exec, so it is
 * made by the process that takes the lock.
 */
#include "deadline.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { SLOW_DISK = 10000 }; /* octets in a millisecond */

static struct {
    timer_t timer;
    pid_t owner; /* who made it; 0: nobody */
    int held;    /* locks */
    unsigned limit_ms;
} deadline = { .limit_ms = DEADLINE_MS };

void deadline_set(unsigned milliseconds)
{
    deadline.limit_ms = milliseconds;
}

static bool make_timer(void)
{
    struct sigevent kill = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };

    if (deadline.owner == getpid())
        return true;
    if (timer_create(CLOCK_MONOTONIC, &kill, &deadline.timer) != 0)
        return false;
    deadline.owner = getpid();
    deadline.held = 0; /* a child has no lock of its parent's (fcntl_locking(2)) */
    return true;
}

/* 0: never. */
static bool arm(uint64_t milliseconds)
{
    const struct itimerspec after = {
        .it_value = { .tv_sec = (time_t)(milliseconds / 1000),
                      .tv_nsec = (long)(milliseconds % 1000) * 1000000 },
    };

    return timer_settime(deadline.timer, 0, &after, NULL) == 0;
}

bool deadline_hold(void)
{
    if (!make_timer() || (deadline.held == 0 && !arm(deadline.limit_ms)))
        return false;
    deadline.held++;
    return true;
}

void deadline_drop(void)
{
    if (deadline.owner == getpid() && deadline.held > 0 && --deadline.held == 0)
        arm(0);
}

void deadline_renew(uint64_t octets)
{
    if (deadline.owner == getpid() && deadline.held > 0)
        arm(deadline.limit_ms + octets / SLOW_DISK);
}
