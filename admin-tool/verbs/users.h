/*
 * One account suspended, activated, its roles, unlocked.
 */
#ifndef CODER_VERBS_USERS_H
#define CODER_VERBS_USERS_H

#include "terminal/command.h"

enum status users_suspend(struct tool *tool);

enum status users_activate(struct tool *tool);

enum status users_edit_roles(struct tool *tool);

enum status users_unlock(struct tool *tool);

#endif
