/*
 * A user's record changed, added or taken out.
 */
#ifndef CODER_DIRECTORY_PATCH_USERS_H
#define CODER_DIRECTORY_PATCH_USERS_H

#include <stdbool.h>

#include "directory.h"
#include "directory_patching.h"

/* directory_patch's before and after. */
bool patching_change_user(struct directory_patching *patching, const struct directory_user *before,
                          const struct directory_user *after);

#endif
