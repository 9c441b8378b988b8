/*
 * policy apply: settings as a file has them.
 */
#ifndef CODER_VERBS_POLICY_APPLY_H
#define CODER_VERBS_POLICY_APPLY_H

#include "terminal/command.h"

enum status policy_apply(struct tool *tool);

#endif
