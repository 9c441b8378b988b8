/*
 * What this machine gives whoever has a name, an id or a group, be there such a user or not.
 */
#ifndef CODER_IMPORT_TRUST_H
#define CODER_IMPORT_TRUST_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "batch.h"
#include "claims.h"
#include "record.h"

/* Claims for all names and ids that rules of sudo and polkit trust (host/trusted.h). False: no memory. */
bool import_rules_read(struct claims *claims);

/* The rule that trusts a user or group of this name or id (0: none); holder: its file. NULL: none does. */
const struct claim *import_rules_find(const struct claims *claims, const char *name, uint32_t id);

/* True when a new account gets nothing by its name, its id or its primary group, and a local one has no name with a
 * meaning: else false with the reason. What --force permits. */
bool import_check_trust(const struct import_batch *batch, const struct account *account, enum row_kind kind,
                        char ret_reason[IMPORT_REASON_SIZE]);

#endif
