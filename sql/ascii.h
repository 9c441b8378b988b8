/*
 * Letters of ASCII, whatever the locale: in a Turkish one the small I has no dot.
 */
#ifndef CODER_ASCII_H
#define CODER_ASCII_H

#include <stdbool.h>
#include <stddef.h>

char ascii_lower(char c);
char ascii_upper(char c);

/* The same but for the case of letters, as SQLite's NOCASE compares: all of the text, or `length` of it. */
bool ascii_is(const char *text, const char *word);
bool ascii_equals(const char *text, size_t length, const char *word);

/* The word is somewhere in the text, in letters of either case. */
bool ascii_holds(const char *text, const char *word);

#endif
