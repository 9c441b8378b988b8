/*
 * users apply: the accounts as a file wants them.
 */
#ifndef CODER_IMPORT_APPLY_H
#define CODER_IMPORT_APPLY_H

#include "terminal/command.h"

enum status users_apply(struct tool *tool);

#endif
