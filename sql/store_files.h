/*
 * Which files of the store are trusted.
 */
#ifndef CODER_STORE_FILES_H
#define CODER_STORE_FILES_H

#include "store.h"

/* The checks of store_open alone: OK, MISSING or UNSAFE. `what` is "accounts.db" or
 * "activity.db". */
enum store_result store_check_files(const char *private_dir, const char *what);

#endif
