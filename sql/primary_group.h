/*
 * An account's primary group.
 */
#ifndef CODER_PRIMARY_GROUP_H
#define CODER_PRIMARY_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"

/* Is the primary group the private one, of the user's own name and id? */
bool account_has_private_group(const struct account *account);

/* A primary group's id: not root's, not (uint32_t)-1, not a role's. NULL if fine, else what is wrong. */
const char *account_gid_fault(uint64_t gid);

#endif
