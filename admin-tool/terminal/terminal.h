/*
 * The terminal, where there is one.
 */
#ifndef CODER_TERMINAL_TERMINAL_H
#define CODER_TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* In columns, 0 when `out` is no terminal. */
size_t terminal_width(FILE *out);
bool terminal_has_colours(FILE *out);

/* Whoever read `out` went away: the pipe's other end is closed, the terminal hung up. Waits so long for that. False of a
 * disk that is full. */
bool terminal_is_left(FILE *out, int wait_ms);

#endif
