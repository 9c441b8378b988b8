/*
 * One process, as proc(5) tells of it. Nothing is believed that the process says itself.
 */
#ifndef CODER_PROC_H
#define CODER_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "whose.h"

enum { PROC_UNIT_SIZE = 256 }; /* systemd's names of units are that long at most */

struct proc {
    pid_t pid, parent, session; /* session: its leader's number */
    int64_t start;              /* in clock ticks since boot; with pid, a process's name for good */
    bool is_stopped;            /* by a signal or a tracer */
};

enum proc_look {
    PROC_ALIVE,
    PROC_ENDED,   /* a zombie: nothing of it runs, and it has nothing left to end */
    PROC_VANISHED /* nothing of this number any more: what it had become is not known */
};

/* *ret is written unless it has vanished. */
enum proc_look proc_read(pid_t pid, struct proc *ret);

/* Who has one of its uids, or of one of its threads: real, effective, saved or filesystem. `but` is left out. A zombie
 * still has its own. PROC_ALIVE, with *ret written, WHOSE_NOBODYS perhaps; or PROC_VANISHED. */
enum proc_look proc_whose_uid(pid_t pid, const struct whose *whose, int but, int *ret);

/* UINT32_MAX: none was set, or the kernel keeps none. */
uint32_t proc_login_uid(pid_t pid);

/* The unit of systemd whose control group it is in: "cron.service", "session-7.scope". False: none. */
bool proc_unit(pid_t pid, char ret[static PROC_UNIT_SIZE]);

/* True while the number still means the process that was looked at. */
bool proc_is_same(const struct proc *process);

/* Send it a signal; a number that is another process's by now is not hit. False with nothing sent. */
bool proc_signal(const struct proc *process, int signal);

/*
 * The numbers in /proc, or in a /proc/PID/task, upwards. Few are fetched at a time: one that has ended
 * when it is looked at was alive a moment ago, and what it had forked has a higher number.
 */
struct proc_list {
    int fd;
    size_t size, used;
    _Alignas(8) char entries[280]; /* one of the longest name fits (getdents(2)) */
};
bool proc_list_open(const char *path, struct proc_list *ret);
pid_t proc_list_next(struct proc_list *list); /* 0 at the end */
void proc_list_close(struct proc_list *list);

#endif
