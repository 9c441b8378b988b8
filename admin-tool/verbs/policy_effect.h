/*
 * What other settings do at once to the accounts there are.
 */
#ifndef CODER_VERBS_POLICY_EFFECT_H
#define CODER_VERBS_POLICY_EFFECT_H

#include "sql/policy.h"
#include "terminal/command.h"

/* Notes: how many accounts would be dormant and how many passwords too old that are not by tool's policy, and whether
 * no active Admin is left; and that another text to hand over has no word for the password. GO_ON, or said. */
enum status policy_effect_tell(const struct tool *tool, const struct policy *policy);

#endif
