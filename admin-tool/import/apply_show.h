/*
 * What users apply would do, and what it did.
 */
#ifndef CODER_IMPORT_APPLY_SHOW_H
#define CODER_IMPORT_APPLY_SHOW_H

#include <stddef.h>
#include <stdio.h>

#include "terminal/command.h"
#include "batch.h"

/* changed: accounts. One who is edited and suspended counts as both. */
struct apply_counts {
    size_t changed, created, edited, suspended, activated, deleted, unchanged;
};

void apply_count(const struct import_batch *batch, struct apply_counts *ret);

/* "edited 3, suspended 1", or of what would be: "edit 3, suspend 1". */
enum { APPLY_COUNTS_SIZE = 160 };
void apply_counts_write(const struct apply_counts *counts, bool done, char ret[APPLY_COUNTS_SIZE]);

/* {"changed", "created", ...} for store_text_free; NULL: no memory. */
char *apply_counts_json(const struct apply_counts *counts);

/* Each account that would be changed: a line each; or a JSON array of {"username", "action", "changes"}, which is the answer
 * or its "plan". GO_ON, or said. */
enum status apply_show(const struct import_batch *batch, FILE *out);
enum status apply_answer_plan(const struct import_batch *batch);
enum status apply_add_plan(const struct import_batch *batch);

#endif
