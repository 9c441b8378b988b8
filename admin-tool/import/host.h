/*
 * What this machine has.
 */
#ifndef CODER_IMPORT_HOST_H
#define CODER_IMPORT_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "terminal/command.h"
#include "batch.h"

/* Claims for all users, homes and groups that NSS enumerates and for what rules trust, and the ranges of subordinate
 * ids. GO_ON, or said. */
enum status import_host_read(struct import_batch *batch);

/* True when any source has this name (NULL: none) or id (0: none) as a user or a group. */
bool import_host_knows(const char *name, uint32_t uid);

#endif
