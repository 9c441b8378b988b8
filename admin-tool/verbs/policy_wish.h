/*
 * What policy is asked to be.
 */
#ifndef CODER_VERBS_POLICY_WISH_H
#define CODER_VERBS_POLICY_WISH_H

#include <stdbool.h>

#include "sql/policy.h"
#include "terminal/command.h"

/* The values are another's, and stay until the change is made. */
struct policy_wish {
    bool wanted[POLICY_COUNT];
    const char *values[POLICY_COUNT];
};

/* All of it or nothing, in one transaction with one audit row, and published; or with --dry-run said. DONE, or said. */
enum status policy_wish_make(struct tool *tool, const struct policy_wish *wish);

#endif
