/*
 * What a new account has when nobody says otherwise.
 */
#ifndef CODER_HOST_DEFAULTS_H
#define CODER_HOST_DEFAULTS_H

#include <stdbool.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "home_owner.h"

/* The home and the shell where they are "", by policy, this machine, the username and whether it is a service account. */
void defaults_fill(const struct policy *policy, struct account *account);

/* A folder that homes may be in: it is there, and root's alone on all the way to it (home_owner.h). False with what is
 * wrong: "there is no folder /srv/people". */
bool defaults_base_good(const char *base, char ret_fault[HOME_REASON_SIZE]);

#endif
