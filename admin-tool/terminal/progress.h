/*
 * How far a long piece of work has got: lines on standard error where that is a terminal, else nothing.
 */
#ifndef CODER_TERMINAL_PROGRESS_H
#define CODER_TERMINAL_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct progress {
    const char *what; /* "homes made" */
    size_t total;
    int64_t begun_ms, next_ms; /* by the monotonic clock; 0: not begun */
};

/* After each piece: a line after a second, then ever more rarely. */
void progress_step(struct progress *progress, size_t done);

#endif
