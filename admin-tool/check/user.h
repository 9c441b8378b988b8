/*
 * One user: the ways in, and what stands in them.
 */
#ifndef CODER_CHECK_USER_H
#define CODER_CHECK_USER_H

#include "finding.h"

/* check NAME (check_user.c): the ways in, and what stands in them. */
void check_user(struct doctor *doctor);

#endif
