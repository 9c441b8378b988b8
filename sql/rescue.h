/*
 * The store on a read-only disk with a journal that a killed writer left.
 */
#ifndef CODER_RESCUE_H
#define CODER_RESCUE_H

#include "store.h"

/*
 * Where store_open says FULL: the store as it is after what a killed writer left on a read-only disk
 * was rolled back (or an older schema migrated), from a copy below run_dir (made when needed; 0700,
 * CODER_OWNER_UID's) whose files are gone when this returns. Every change of it fails with FULL.
 */
enum store_result store_open_copy(const char *private_dir, const char *run_dir, struct store **ret);

#endif
