/*
 * Who has our groups without us.
 */
#ifndef CODER_CHECK_MEMBERS_H
#define CODER_CHECK_MEMBERS_H

#include "finding.h"

void check_members(struct doctor *doctor);   /* check_members.c: who has our groups without us */

#endif
