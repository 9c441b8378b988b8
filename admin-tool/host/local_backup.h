/*
 * Where the local files are kept as they were: a folder of ours, which no other tool writes or rotates.
 */
#ifndef CODER_LOCAL_BACKUP_H
#define CODER_LOCAL_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "local_files.h"

/* A new one in PRIVATE_DIR, which is there: "local-files/20261130-180000-WHAT", root's alone, on disk when it
 * returns. `what` is short. False with errno. */
bool local_backup_make(const char *what, int64_t now, char ret[LOCAL_BACKUP_SIZE]);

#endif
