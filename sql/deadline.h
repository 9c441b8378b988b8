/*
 * No lock without an end (DESIGN D16): the kernel ends this process when it holds one for too long,
 * however it is held up: asleep, stopped, frozen or slowed down. The journal undoes what it had begun,
 * so nothing is committed late. One process, one deadline, as its POSIX locks are the process's.
 * Who gets on, be it slowly, is not late: each piece of work begins the time anew.
 */
#ifndef CODER_DEADLINE_H
#define CODER_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/* A helper's: who waits for it waits for his own login. */
enum { DEADLINE_MS = 2000 };

/* Another one for this process, before it takes a lock; and what it then says on standard error on its way out, with
 * this exit status, if it still can (borrowed, for ever; NULL: nothing). */
void deadline_set(unsigned milliseconds, const char *last_words, int status);

/*
 * Before a lock is taken, and after it was released (or not got). The time runs from the first lock
 * held to the last one released. False with errno: the lock may not be taken. CLOCK_MONOTONIC; the
 * signal is SIGKILL, which nobody blocks or delays, half a second after SIGRTMIN for the last words.
 */
bool deadline_hold(void);
void deadline_drop(void);

/* Work was done that takes its time, or others are waited for: the whole time again, and more for octets
 * that the disk has to take within it (a slow one takes 10 MB in a second). Nothing when no lock is held. */
void deadline_renew(uint64_t octets);

#endif
