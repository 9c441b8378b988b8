/*
 * Users delete.
 */
#ifndef CODER_VERBS_DELETE_H
#define CODER_VERBS_DELETE_H

#include "terminal/command.h"

enum status users_delete(struct tool *tool);

#endif
