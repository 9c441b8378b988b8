/*
 * Settings shown.
 */
#ifndef CODER_VERBS_POLICY_SHOW_H
#define CODER_VERBS_POLICY_SHOW_H

#include <stdbool.h>

#include "sql/policy.h"
#include "terminal/command.h"

/* Those marked, as they are in tool's policy; a table or JSON. DONE, or said. */
enum status policy_show(const struct tool *tool, const bool wanted[POLICY_COUNT]);

#endif
