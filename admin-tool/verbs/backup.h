/*
 * A copy of the store in a file.
 */
#ifndef CODER_VERBS_BACKUP_H
#define CODER_VERBS_BACKUP_H

#include "terminal/command.h"

enum status backup_make(struct tool *tool);

#endif
