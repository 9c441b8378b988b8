/*
 * The FILE of the command line, record by record.
 */
#ifndef CODER_IMPORT_FILE_H
#define CODER_IMPORT_FILE_H

#include "terminal/command.h"
#include "batch.h"
#include "record.h"

enum import_takes {
    IMPORT_TAKES_PARTS = 1,  /* records of accounts that are there (import_reader_take_parts) */
    IMPORT_TAKES_NOTHING = 2 /* a file without a character */
};

/* Show each good record to `take`, which may change it; bad ones are said (import_batch_refuse), columns passed over
 * noted. takes: a set of what is good, too. batch->source is set, record and keys are wiped. GO_ON, or said. */
enum status import_file_read(struct import_batch *batch, unsigned takes,
                             enum status (*take)(struct import_batch *batch, struct import_record *record));

#endif
