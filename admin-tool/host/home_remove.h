/*
 * A home removed, with all that is in it.
 */
#ifndef CODER_HOST_HOME_REMOVE_H
#define CODER_HOST_HOME_REMOVE_H

#include "sql/account.h"
#include "terminal/command.h"

/* Remove it with all that is in it: no link followed, no other filesystem entered. */
void home_remove(struct tool *tool, const struct account *account);

#endif
