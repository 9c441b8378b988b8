/*
 * Local accounts over ours, and ids handed out twice.
 */
#ifndef CODER_CHECK_LOCAL_H
#define CODER_CHECK_LOCAL_H

#include <stdbool.h>

#include "finding.h"

void check_local(struct doctor *doctor);     /* check_local.c: local accounts over ours ... */

bool check_is_local(const char *username);    /* is there a line for it in /etc/passwd? */

void check_range(struct doctor *doctor);     /* ... and ids handed out twice */

#endif
