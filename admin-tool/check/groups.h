/*
 * Policy's local groups.
 */
#ifndef CODER_CHECK_GROUPS_H
#define CODER_CHECK_GROUPS_H

#include "finding.h"

void check_groups(struct doctor *doctor);    /* check_groups.c: policy's local groups */

#endif
