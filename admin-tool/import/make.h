/*
 * One transaction.
 */
#ifndef CODER_IMPORT_MAKE_H
#define CODER_IMPORT_MAKE_H

#include <stddef.h>

#include "terminal/command.h"
#include "batch.h"

/* Those that are new. */
size_t import_count_new(const struct import_batch *batch);

/* Passwords, accounts, publication, report, take-over. GO_ON, or said and nothing was changed. */
enum status import_make(struct import_batch *batch);

#endif
