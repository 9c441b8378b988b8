/*
 * Users edit.
 */
#ifndef CODER_VERBS_EDIT_H
#define CODER_VERBS_EDIT_H

#include "terminal/command.h"

enum status users_edit(struct tool *tool);

#endif
