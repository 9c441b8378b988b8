/*
 * The rows of a batch that change accounts.
 */
#ifndef CODER_IMPORT_UPDATE_H
#define CODER_IMPORT_UPDATE_H

#include <stddef.h>

#include "terminal/command.h"
#include "batch.h"
#include "difference.h"

size_t update_count(const struct import_batch *batch);

/* The account of a row as it is now, and what is to change of it; to be freed in every case. GO_ON, or said. */
enum status update_find(const struct import_batch *batch, const struct import_row *row, struct account *ret_present,
                        struct difference *ret);

/* What is lost by the whole batch is allowed; before the question, and again in the transaction. GO_ON, or said. */
enum status update_check(struct import_batch *batch);

/* For --dry-run: what changes, a line each. */
enum status update_preview(const struct import_batch *batch);

/* Ask, when a role is taken away or somebody is suspended. GO_ON, or said. */
enum status update_confirm(const struct import_batch *batch);

/* In the transaction, one row. GO_ON, or said. */
enum status update_make(struct import_batch *batch, struct import_row *row);

/* After it: the system log; then the end of what runs for whoever lost a role or is suspended; then, with signals let
 * through, the files that carry on what was lost. */
void update_record(const struct import_batch *batch);
void update_finish(const struct import_batch *batch);
void update_settle(const struct import_batch *batch);

/* Whoever was suspended before, as the file has it: a run that was killed may have left what runs. */
void update_finish_again(const struct import_batch *batch);

#endif
