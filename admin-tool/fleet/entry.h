/*
 * An account's entry of the tree as a line for admin-tool: which attribute is which of our facts, and in which form.
 * Pure. Nothing is judged here but whether the values can be passed on at all.
 */
#ifndef CODER_FLEET_ENTRY_H
#define CODER_FLEET_ENTRY_H

#include <lber.h>
#include <stdbool.h>

#include "json_line.h"

/* What is asked of the server, with a NULL at the end. */
extern const char *const entry_attributes[];

/* One attribute of an entry, borrowed. Its name may come in letters of either case. Of uid, the name that the entry has
 * comes first; those behind it are names that it had. */
struct entry_attribute {
    const char *name;
    const struct berval *values;
    size_t count;
};

/*
 * The line "entry", whole with its newline, or "unreadable" when a value has not the form of its attribute, there are
 * two where one is meant, or the line would be too long; that one says why, and still whose entry it is and what status
 * it has, as far as those can be read.
 */
void entry_write(const char *uuid, const struct entry_attribute *attributes, size_t count, struct json_line *ret);

#endif
