/*
 * What a new account has when nobody says otherwise.
 */
#ifndef CODER_HOST_DEFAULTS_H
#define CODER_HOST_DEFAULTS_H

#include "sql/account.h"
#include "sql/policy.h"

/* The home and the shell where they are "", by policy, this machine, the username and whether it is a service account. */
void defaults_fill(const struct policy *policy, struct account *account);

#endif
