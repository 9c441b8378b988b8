/*
 * What a process has that its caller may have set, as /proc and system calls tell others.
 */
#ifndef CODER_PORTRAIT_H
#define CODER_PORTRAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PORTRAIT_SIZE = 16384 };

/* A line "WHAT: VALUE" each, without what differs between two runs of the same program; with or
 * without resource limits. A process that is gone has an empty one. */
void portrait_take(pid_t pid, bool with_limits, char ret[PORTRAIT_SIZE]);

/* The process executes this program by now (its name in proc(5)) and has four ids of root's. */
bool portrait_is_root(pid_t pid, const char *name);

/* Prints the lines of `now` that `before` has not, as TAP's remarks. */
void portrait_print_news(const char *before, const char *now);

#endif
