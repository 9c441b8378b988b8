/*
 * Text made safe for terminals.
 */
#ifndef CODER_TERMINAL_ESCAPE_H
#define CODER_TERMINAL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Copy text, cut to size; controls, invalid UTF-8 and direction marks become \xNN. */
void print_escape(const char *text, char *ret, size_t size);

/* The locale's characters are UTF-8: so the terminal reads it. */
bool print_takes_utf8(void);

/* True when escaping changes nothing. */
bool print_is_plain(const char *text);

#endif
