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

#endif
