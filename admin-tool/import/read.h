/*
 * CSV (RFC 4180; fields parted by a comma, a semicolon or a tab) or JSON lines.
 */
#ifndef CODER_IMPORT_READ_H
#define CODER_IMPORT_READ_H

#include "record.h"

struct import_reader;

enum import_result {
    IMPORT_GOOD,
    IMPORT_BAD,     /* this record, with its line and the reason */
    IMPORT_END,
    IMPORT_EMPTY,   /* not a character, with that as the reason */
    IMPORT_UNUSABLE, /* the whole input, with the reason */
    IMPORT_FAILED    /* reading it, with the reason */
};

/* Reads the descriptor, which stays the caller's. strict: an unknown column is a fault. NULL when memory is short. */
struct import_reader *import_reader_new(int fd, bool strict);
/* From now on a record with a username is GOOD: import_record_complete is the caller's, for whom it is a new account. */
void import_reader_take_parts(struct import_reader *reader);
void import_reader_free(struct import_reader *reader); /* wipes: there may be hashes in it */

/* The unknown columns so far, "shoe_size, phone"; "": none. The reader's. */
const char *import_reader_ignored(const struct import_reader *reader);

/* ret->line is set for BAD, too; ret->keys is the reader's until the next call. */
enum import_result import_reader_next(struct import_reader *reader, struct import_record *ret,
                                      char ret_reason[IMPORT_REASON_SIZE]);

#endif
