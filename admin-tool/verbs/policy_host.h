/*
 * Settings that speak of this machine.
 */
#ifndef CODER_VERBS_POLICY_HOST_H
#define CODER_VERBS_POLICY_HOST_H

#include "sql/policy.h"
#include "terminal/command.h"
#include "policy_wish.h"

/* What this machine has to say of what is wished, `policy` being what would be: GO_ON, perhaps with notes, or said. */
enum status policy_check_host(const struct policy_wish *wish, const struct policy *policy);

#endif
