/*
 * A group's list of members changed.
 */
#ifndef CODER_DIRECTORY_PATCH_MEMBERS_H
#define CODER_DIRECTORY_PATCH_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "directory.h"
#include "directory_patching.h"

/* One group's list with or without the user. */
bool patching_change_group(struct directory_patching *patching, uint32_t gid,
                           const struct directory_user *user, bool joins);

#endif
