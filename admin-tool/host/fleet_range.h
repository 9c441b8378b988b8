/*
 * The fleet's range of ids, and who of this machine stands in it: a fleet's account of the same id would not be taken, or
 * would be given another one's files.
 */
#ifndef CODER_HOST_FLEET_RANGE_H
#define CODER_HOST_FLEET_RANGE_H

#include <stdint.h>

#include "sql/store.h"

struct fleet_range {
    int64_t min, max;
};

/* where: the file, or "the store". what: "user olga has the id 1900000004". Both valid during the call. */
typedef void fleet_range_found(void *context, const char *where, const char *what);

/* Users and groups of this machine's files, the ranges of its subordinate ids, our groups of roles. */
void fleet_range_walk(const struct fleet_range *range, fleet_range_found *found, void *context);

/* Accounts of here, which may become the fleet's. Anything but OK: the store could not be read. */
enum store_result fleet_range_walk_accounts(const struct fleet_range *range, struct store *store, fleet_range_found *found,
                                            void *context);

#endif
