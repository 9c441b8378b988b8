/*
 * A backup put back.
 */
#ifndef CODER_VERBS_RESTORE_H
#define CODER_VERBS_RESTORE_H

#include "terminal/command.h"

enum status backup_restore(struct tool *tool);

#endif
