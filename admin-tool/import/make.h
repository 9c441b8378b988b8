/*
 * One transaction.
 */
#ifndef CODER_IMPORT_MAKE_H
#define CODER_IMPORT_MAKE_H

#include "terminal/command.h"
#include "batch.h"

/* Passwords, accounts, publication, report, take-over. GO_ON, or said and nothing was changed. */
enum status import_make(struct import_batch *batch);

#endif
