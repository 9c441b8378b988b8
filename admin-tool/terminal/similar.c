/*
 * Did you mean: the distance of Damerau and Levenshtein (each pair of letters changes places once), for short words.
 */
#include "similar.h"

#include <string.h>

enum { LETTERS_MAX = 64 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Row i of the table has the distances of a's first i letters to the first j of b: three rows are needed at a time. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][LETTERS_MAX + 1];

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1);
            row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], second[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

bool similar_is_nearer(const char *typed, const char *word, unsigned *nearest)
{
    size_t length = strlen(typed), other = strlen(word);
    unsigned most = length >= 5 ? 2 : length >= 3 ? 1 : 0, found;

    if (length > LETTERS_MAX || other > LETTERS_MAX || length > other + most || other > length + most)
        return false;
    found = distance(typed, length, word, other);
    if (found > most || found >= *nearest)
        return false;
    *nearest = found;
    return true;
}
