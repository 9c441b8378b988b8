/*
 * Old rows of the audit log taken out.
 */
#ifndef CODER_STORE_PRUNE_H
#define CODER_STORE_PRUNE_H

#include <stdint.h>

#include "store.h"
#include "store_audit.h"

/* How many rows store_audit_prune would remove: the oldest, up to the first not before `before`. */
enum store_result store_audit_count_prunable(struct store *store, int64_t before, int64_t *ret);

/* In the open transaction: remove them, and append a row that says through which id, how many, and
 * the hash of the last one, on which the chain then hangs. NOT_FOUND: nothing is to be removed. */
enum store_result store_audit_prune(struct store *store, const struct audit_actor *actor,
                                    int64_t before, int64_t now);

#endif
