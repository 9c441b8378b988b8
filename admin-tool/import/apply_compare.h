/*
 * The lines of users apply against the store.
 */
#ifndef CODER_IMPORT_APPLY_COMPARE_H
#define CODER_IMPORT_APPLY_COMPARE_H

#include "terminal/command.h"
#include "batch.h"
#include "record.h"

/* One record into the batch, as if it were a new account's; for import_file_read. */
enum status apply_take(struct import_batch *batch, struct import_record *record);

/* Then the rows are those of new accounts, of those that change and, with --prune, of those that go; who is so already is
 * counted (batch->passed). All faults are said (import_batch_refuse). Nothing is locked: it asks NSS. GO_ON, or said. */
enum status apply_compare(struct import_batch *batch);

#endif
