/*
 * Whose the homes are.
 */
#ifndef CODER_CHECK_HOMES_H
#define CODER_CHECK_HOMES_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "finding.h"

void check_shared_homes(struct doctor *doctor);

/* A login makes the home that is missing: pam_mkhomedir's or oddjobd's line in a session's stack. */
bool check_makes_homes(void);

/* True when there is none, though there should be. */
bool check_home_owner(struct doctor *doctor, const struct account *account);

/* Of how many active accounts that is so. */
void check_missing_homes(struct doctor *doctor, size_t missing);

#endif
