/*
 * A table of words: headings, and rows of as many texts.
 */
#ifndef CODER_WORDS_H
#define CODER_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct libscols_table;

/* NULL when memory is short. */
struct libscols_table *words_new(const char *const names[], size_t count);
bool words_add(struct libscols_table *table, const char *const texts[], size_t count);

/* Print to `out` (NULL: nowhere) and free. */
void words_end(struct libscols_table *table, FILE *out);

#endif
