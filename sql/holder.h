/*
 * Waiting for a lock that somebody else holds. Whoever can stop or freeze the process that judges
 * his own login must not be able to stop an administrator's suspend with it (DESIGN D1).
 */
#ifndef CODER_HOLDER_H
#define CODER_HOLDER_H

#include <stdint.h>

/* One database's waiting. Start with the path, borrowed, and fd -1. */
struct holder {
    const char *path;
    int fd;        /* opened when patience ends; to be closed only after SQLite has closed the file:
                    * an earlier close would drop SQLite's own locks (fcntl_locking(2)) */
    int64_t since; /* when the wait began; CLOCK_MONOTONIC, milliseconds */
};

/*
 * One step of waiting, for sqlite3_busy_handler: sleeps a little and returns 1, or 0 after 5 s.
 * From the first second on, a holder that is stopped (SIGSTOP, ptrace) or frozen (cgroup v2) is
 * killed; the journal undoes what it had begun. A holder that runs is left alone.
 */
int holder_wait(void *holder, int tries);

#endif
