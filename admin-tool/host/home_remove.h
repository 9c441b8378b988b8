/*
 * Homes removed, with all that is in them.
 */
#ifndef CODER_HOST_HOME_REMOVE_H
#define CODER_HOST_HOME_REMOVE_H

#include <stddef.h>

#include "sql/account.h"
#include "terminal/command.h"

/* Remove each one's with all that is in it: no link followed, no other filesystem entered. A minute for each. */
void homes_remove(struct tool *tool, const struct account *accounts, size_t count);

#endif
