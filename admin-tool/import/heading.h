/*
 * The heading of a table that somebody made: which of its fields is which column.
 */
#ifndef CODER_IMPORT_HEADING_H
#define CODER_IMPORT_HEADING_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

enum { HEADING_FIELDS_MAX = 64, HEADING_IGNORED_SIZE = 512 };

struct heading {
    bool strict;                                     /* an unknown column is a fault */
    enum import_column columns[HEADING_FIELDS_MAX]; /* IMPORT_COLUMN_COUNT: passed over */
    size_t count;
    char ignored[HEADING_IGNORED_SIZE]; /* "shoe_size, phone": what was passed over, as far as there is room */
};

/* What stands between the fields of the line at the beginning of `text`: a comma, a semicolon or a tab, whichever
 * comes first outside quotes; a comma where none does. */
char heading_separator(const unsigned char *text, size_t length);

/* NULL, or why these fields are no heading; that may be in ret_reason. */
const char *heading_take(struct heading *heading, const char *const fields[], size_t count,
                         char ret_reason[IMPORT_REASON_SIZE]);

/* Remember a name that no column has. */
void heading_pass_over(struct heading *heading, const char *name);

#endif
