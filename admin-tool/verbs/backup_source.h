/*
 * A backup file, read and opened.
 */
#ifndef CODER_BACKUP_SOURCE_H
#define CODER_BACKUP_SOURCE_H

#include <stddef.h>

#include "terminal/command.h"

struct backup_source {
    unsigned char *bytes;
    size_t size;
    struct store *store; /* reads from the bytes, and cannot be written */
};

/* The file the operand names: GO_ON, or said. To be closed in every case; start with all 0. */
enum status backup_source_open(const struct tool *tool, struct backup_source *ret);
void backup_source_close(struct backup_source *source);

#endif
