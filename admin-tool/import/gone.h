/*
 * The rows of a batch that delete accounts.
 */
#ifndef CODER_IMPORT_GONE_H
#define CODER_IMPORT_GONE_H

#include <stddef.h>
#include <stdio.h>

#include "terminal/command.h"
#include "batch.h"

size_t gone_count(const struct import_batch *batch);

/* In the transaction, before others take what comes free. GO_ON, or said. */
enum status gone_make(const struct import_batch *batch);

/* After it, as users delete: the system log; then the end of what runs, the local groups and the subordinate ids; then,
 * with signals let through, what is left is told. */
void gone_record(const struct import_batch *batch);
void gone_finish(const struct import_batch *batch);
void gone_settle(const struct import_batch *batch);

/* For --dry-run: what would be left, and what would become of the rest. */
void gone_preview(const struct import_batch *batch, FILE *out);

#endif
