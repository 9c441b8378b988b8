/*
 * Whose the homes are.
 */
#ifndef CODER_CHECK_HOMES_H
#define CODER_CHECK_HOMES_H

#include "sql/account.h"
#include "finding.h"

void check_shared_homes(struct doctor *doctor); /* check_homes.c */

void check_home_owner(struct doctor *doctor, const struct account *account); /* check_homes.c */

#endif
