/*
 * A line of a file about somebody who has an account here.
 */
#ifndef CODER_IMPORT_EXISTING_H
#define CODER_IMPORT_EXISTING_H

#include <stdbool.h>

#include "terminal/command.h"
#include "batch.h"
#include "record.h"

/* --skip-existing passes it over, --update adds what is to be changed to the batch, and without either it is refused.
 * *ret_done: false when it is about nobody of ours. GO_ON, or said. */
enum status existing_take(struct import_batch *batch, const struct import_record *record, bool *ret_done);

/* How many were passed over, once. */
void existing_note(const struct import_batch *batch);

#endif
