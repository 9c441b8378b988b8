/*
 * One transaction.
 */
#ifndef CODER_IMPORT_MAKE_H
#define CODER_IMPORT_MAKE_H

#include <stddef.h>

#include "terminal/command.h"
#include "batch.h"

/* An id for each row without: from the one above all others in policy's range. GO_ON, or said. */
enum status import_choose_uids(struct import_batch *batch);

/* Those that are new. */
size_t import_count_new(const struct import_batch *batch);

/* Passwords, accounts, publication, report, take-over. GO_ON, or said and nothing was changed. */
enum status import_make(struct import_batch *batch);

#endif
