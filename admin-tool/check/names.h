/*
 * Rules that name users' own groups, and names with a meaning.
 */
#ifndef CODER_CHECK_NAMES_H
#define CODER_CHECK_NAMES_H

#include "sql/account.h"
#include "finding.h"

void check_rules(struct doctor *doctor);     /* check_names.c: rules that name users' own groups */

/* What check_accounts asks about each account. */
void check_name(struct doctor *doctor, const struct account *account); /* check_names.c */

#endif
