/*
 * What this process descends from, and the session it runs in, as the kernel, utmp(5) and logind know them: nothing that
 * the one who runs it could write into the environment.
 */
#ifndef CODER_ANCESTORS_H
#define CODER_ANCESTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { ANCESTORS_MAX = 64 };

/* This process and what it descends from, nearest first, up to the first process or ANCESTORS_MAX. */
struct ancestors {
    pid_t pids[ANCESTORS_MAX];
    uid_t uids[ANCESTORS_MAX]; /* real */
    size_t count;
};

void ancestors_read(struct ancestors *ret);

/* Who it is that got root's rights, by sudo, su or the like: the real uid of the nearest one that is not root's. False
 * when there is none: root logged in, or what started us is gone. */
bool ancestors_person(const struct ancestors *ancestors, uid_t *ret);

/*
 * Where the session came from, the client's address or name or the terminal of a local one, as who opened it recorded:
 * by utmp, else by logind, which is asked through loginctl(1) and waited for some seconds at most. Only printable text
 * is taken. False when nobody knows.
 */
bool ancestors_place(const struct ancestors *ancestors, char *ret, size_t size);

#endif
