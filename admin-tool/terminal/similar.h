/*
 * Words that were mistyped.
 */
#ifndef CODER_TERMINAL_SIMILAR_H
#define CODER_TERMINAL_SIMILAR_H

#include <stdbool.h>

enum { SIMILAR_NONE = 3 };

/* True when `word` is nearer to what was typed than *nearest (SIMILAR_NONE at first), which becomes its distance: letters
 * left out, put in, taken for another, or two that changed places; two at most, one in a word below 5 letters, none below
 * 3. Bytes count as letters. */
bool similar_is_nearer(const char *typed, const char *word, unsigned *nearest);

#endif
