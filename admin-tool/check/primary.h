/*
 * Accounts' primary groups.
 */
#ifndef CODER_CHECK_PRIMARY_H
#define CODER_CHECK_PRIMARY_H

#include "finding.h"

/* Those that are of /etc/group and no longer there. */
void check_primary_groups(struct doctor *doctor);

#endif
