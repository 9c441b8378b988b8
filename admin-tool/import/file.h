/*
 * The FILE of the command line, record by record.
 */
#ifndef CODER_IMPORT_FILE_H
#define CODER_IMPORT_FILE_H

#include <stdbool.h>

#include "terminal/command.h"
#include "batch.h"
#include "record.h"

/* Show each good record to `take`, which may change it; bad ones are said (import_batch_refuse), columns passed over
 * noted. parts: what users apply takes, records of accounts that are there (import_reader_take_parts), and nothing at
 * all. batch->source is set, record and keys are wiped. GO_ON, or said. */
enum status import_file_read(struct import_batch *batch, bool parts,
                             enum status (*take)(struct import_batch *batch, struct import_record *record));

#endif
