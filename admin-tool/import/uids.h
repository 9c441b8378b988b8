/*
 * Ids for those who come without.
 */
#ifndef CODER_IMPORT_UIDS_H
#define CODER_IMPORT_UIDS_H

#include <stdbool.h>

#include "sql/store.h"
#include "terminal/command.h"
#include "batch.h"

/* An id for each row without: from the one above all others in policy's range. GO_ON, or said, with how many there are.
 * Asks NSS: not under a lock. */
enum status import_choose_uids(struct import_batch *batch);

/* Are there more rows without a uid than policy's range has ids? Then all else is of no use. */
bool import_is_beyond(const struct import_batch *batch);

/* In the transaction: OK when all those chosen still are free; TAKEN, and all are given back, when somebody was faster. */
enum store_result import_keep_uids(struct import_batch *batch);

#endif
