/*
 * Fields of CSV (RFC 4180, with line feeds as Unix has them).
 */
#ifndef CODER_TERMINAL_CSV_H
#define CODER_TERMINAL_CSV_H

#include <stdbool.h>
#include <stddef.h>

/* Where the parts of a field go. */
typedef void csv_put(void *to, const char *text, size_t length);

/* A field, quoted where it has to be, and before all but the first of a line a comma. */
void csv_field(const char *text, bool first, csv_put *put, void *to);

/* The same to standard output, for a spreadsheet and not to be read back: what one takes for a formula (= + - @, a tab
 * or a return in front) gets an apostrophe in front, which makes it a text. */
void csv_print(const char *text, bool first);

#endif
