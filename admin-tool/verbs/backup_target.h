/*
 * The new file that a backup is written to.
 */
#ifndef CODER_VERBS_BACKUP_TARGET_H
#define CODER_VERBS_BACKUP_TARGET_H

#include <stddef.h>

#include "terminal/command.h"

struct backup_target {
    const char *path, *name; /* name: inside folder */
    int folder;              /* to be closed by whoever opened it */
};

/* Where `path` would be made; nothing is there. GO_ON, or said. */
enum status backup_target_open(const struct tool *tool, const char *path, struct backup_target *ret);

/* The file, sealed and root's alone: complete or absent. GO_ON, or said. */
enum status backup_target_write(const struct backup_target *target, const unsigned char *bytes, size_t size);

/* It may be made anywhere, but who restores it should hear now that it has to be moved first. */
void backup_target_note(const struct tool *tool, const struct backup_target *target);

#endif
