/*
 * directory_reader.h - records and tables as directory_read.c finds them, for directory_patch.c.
 *
 * Private to those two: whoever changes a record must have found it by a reader's rules.
 */
#ifndef CODER_DIRECTORY_READER_H
#define CODER_DIRECTORY_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "directory.h"
#include "directory_read.h"

/* A record that passed every check; its text lies in the map or in scratch, DIRECTORY_TEXT_MAX bytes of
 * the caller's. */
struct directory_loaded {
    struct directory_record record;
    const char *text;
    char *scratch;
};

/* Where a search ended: at the key's slot and record or, NOT_FOUND, at the empty slot for it. */
struct directory_place {
    uint64_t slot;
    uint64_t index;
};

/* False: outside the file, or not to be read. */
bool directory_slot_read(const struct directory_view *view, enum directory_section table,
                         uint64_t number, struct directory_slot *ret);

/* False: there is no such record, or it is damaged. */
bool directory_record_load(const struct directory_view *view, enum directory_section records,
                           uint64_t index, struct directory_loaded *ret);

/* Search a table: OK, NOT_FOUND (also when it has no empty slot), or UNAVAILABLE for damage on the
 * way. ret_place: NULL if it does not matter. */
enum directory_result directory_locate(const struct directory_view *view,
                                       enum directory_section table,
                                       const struct directory_key *key,
                                       struct directory_loaded *ret,
                                       struct directory_place *ret_place);

#endif
