/*
 * Ids that somebody has already, and so must not be another's subordinate ones.
 */
#ifndef CODER_HOST_SUBID_TAKEN_H
#define CODER_HOST_SUBID_TAKEN_H

#include <stdbool.h>

#include "sql/store.h"
#include "login_defs.h"

/* Those from `min` on, of users and groups of the local files and of accounts that are or were. False: they cannot be
 * known. ranges: to be freed in every case. */
bool subid_taken_read(struct store *store, unsigned long min, struct id_ranges *ret);

#endif
