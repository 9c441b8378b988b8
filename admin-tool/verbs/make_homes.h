/*
 * Users make-homes.
 */
#ifndef CODER_VERBS_MAKE_HOMES_H
#define CODER_VERBS_MAKE_HOMES_H

#include "terminal/command.h"

enum status users_make_homes(struct tool *tool);

#endif
