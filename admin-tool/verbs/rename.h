/*
 * Users rename.
 */
#ifndef CODER_VERBS_RENAME_H
#define CODER_VERBS_RENAME_H

#include "terminal/command.h"

enum status users_rename(struct tool *tool);

#endif
