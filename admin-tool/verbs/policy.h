/*
 * The settings.
 */
#ifndef CODER_VERBS_POLICY_H
#define CODER_VERBS_POLICY_H

#include "terminal/command.h"

enum status policy_list(struct tool *tool);

enum status policy_get(struct tool *tool);

enum status policy_change(struct tool *tool);

#endif
