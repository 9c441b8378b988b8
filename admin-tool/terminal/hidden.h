/*
 * A line of standard input that nobody is to see.
 */
#ifndef CODER_TERMINAL_HIDDEN_H
#define CODER_TERMINAL_HIDDEN_H

#include <stdio.h>
#include <sys/types.h>

/*
 * Read up to the end of the line or of the input into ret, without the newline and without a copy elsewhere; no NUL is
 * added. On a terminal `question` is asked on `out` and what is typed is not shown; a signal that ends or stops us gives
 * the terminal its echo back first, and wipes ret. The number of octets, `size` when there are more; -1 with errno.
 */
ssize_t hidden_read(const char *question, FILE *out, char *ret, size_t size);

#endif
