/*
 * Waiting for a lock that somebody else holds. Whoever can stop or freeze the process that judges
 * his own login must not be able to stop an administrator's suspend with it (DESIGN D1).
 */
#ifndef CODER_HOLDER_H
#define CODER_HOLDER_H

#include <stdint.h>

/* A helper's patience: a login is not kept waiting for longer. */
enum { HOLDER_WAIT_MS = 5000 };

/* Another one for this process, before it waits. */
void holder_set_patience(int milliseconds);

/* Waiting for one file's lock, a database's or the tool's (POSIX locks all: F_GETLK names who holds one).
 * Start with the path, borrowed, and fd -1; or with a descriptor of the file. */
struct holder {
    const char *path;
    int fd;        /* opened when patience ends; to be closed only after SQLite has closed the file:
                    * an earlier close would drop SQLite's own locks (fcntl_locking(2)) */
    int64_t since; /* when the wait began; CLOCK_MONOTONIC, milliseconds */
};

/*
 * One step of waiting, for sqlite3_busy_handler: sleeps a little and returns 1, or 0 when patience has
 * ended. From the first second on, a holder that is stopped (SIGSTOP, ptrace) or frozen (cgroup v2) is
 * killed; the journal undoes what it had begun. One that is late the kernel kills (deadline.h), and who
 * cannot die for want of a processor's time gets ours. Whoever holds a lock himself while he waits is not late for it.
 */
int holder_wait(void *holder, int tries);

#endif
