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

/* The same in JSON, with what became of each since it was as in `before`; of a dry run what would. */
enum status policy_answer(const struct tool *tool, const struct policy *before, const bool wanted[POLICY_COUNT]);

#endif
