/*
 * Helper, socket, clock, disk, old mappings.
 */
#ifndef CODER_CHECK_HOST_H
#define CODER_CHECK_HOST_H

#include "finding.h"

void check_helper(struct doctor *doctor);    /* check_host.c: helper, socket ... */

/* The file that keeps all but root out (nologin(5)), NULL when there is none. */
const char *check_nologin(void);

void check_host(struct doctor *doctor);      /* ... clock, disk, old mappings */

#endif
