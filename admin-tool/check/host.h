/*
 * Helper, socket, clock, disk, old mappings.
 */
#ifndef CODER_CHECK_HOST_H
#define CODER_CHECK_HOST_H

#include "finding.h"

void check_helper(struct doctor *doctor);    /* check_host.c: helper, socket ... */

void check_host(struct doctor *doctor);      /* ... clock, disk, old mappings */

#endif
