/*
 * How far a long piece of work has got: lines on standard error where that is a terminal or it is wanted (--progress),
 * else nothing.
 */
#ifndef CODER_TERMINAL_PROGRESS_H
#define CODER_TERMINAL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    const char *what; /* "homes made" */
    size_t total;
    bool wanted; /* also where standard error is no terminal */
    int64_t begun_ms, next_ms; /* by the monotonic clock; 0: not begun */
};

/* After each piece: a line after a second, then ever more rarely. */
void progress_step(struct progress *progress, size_t done);

#endif
