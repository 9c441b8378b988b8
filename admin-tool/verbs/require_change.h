/*
 * Users require-change.
 */
#ifndef CODER_VERBS_REQUIRE_CHANGE_H
#define CODER_VERBS_REQUIRE_CHANGE_H

#include "terminal/command.h"

enum status users_require_change(struct tool *tool);

#endif
