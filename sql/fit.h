/*
 * A text into room of a fixed size.
 */
#ifndef CODER_FIT_H
#define CODER_FIT_H

#include <stdbool.h>
#include <stddef.h>

/* All of it with its NUL. False: it is longer, and nothing is written. */
bool fit_whole(const char *text, char *ret, size_t size);

/* How many octets of it there is room for, beside a NUL: whole characters of UTF-8. size: 1 or more. */
size_t fit_length(const char *text, size_t size);

#endif
