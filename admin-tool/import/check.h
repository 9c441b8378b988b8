/*
 * The rules of users create, for many.
 */
#ifndef CODER_IMPORT_CHECK_H
#define CODER_IMPORT_CHECK_H

#include <stdbool.h>

#include "sql/store.h"
#include "terminal/command.h"
#include "batch.h"
#include "record.h"

/* Claims for the homes of the store's accounts. GO_ON, or said. */
enum status import_claim_homes(struct import_batch *batch);

/* Record against machine and batch; a good one is claimed. */
bool import_check_record(struct import_batch *batch, const struct import_record *record,
                         enum row_kind kind, char ret_reason[IMPORT_REASON_SIZE]);

/* Its hash can be computed here at a cost that a login may have. */
bool import_check_hash(struct import_batch *batch, const struct account *account, char ret_reason[IMPORT_REASON_SIZE]);

/* Its username, e-mail address and uid (0: none) are no earlier record's of the batch, and are its own from now on. */
bool import_claim_record(struct import_batch *batch, const struct account *account, size_t line,
                         char ret_reason[IMPORT_REASON_SIZE]);

/* Its home is nobody else's on this machine, in the store or of the batch, and is its own from now on. */
bool import_claim_home(struct import_batch *batch, const struct account *account, size_t line,
                       char ret_reason[IMPORT_REASON_SIZE]);

/* Row against store: OK (and kind OURS when it was imported before), TAKEN with the reason, or what
 * ends it all. */
enum store_result import_check_row(struct import_batch *batch, struct import_row *row,
                                   char ret_reason[IMPORT_REASON_SIZE]);

#endif
