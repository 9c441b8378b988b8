/*
 * Set-id files of who may do nothing.
 */
#ifndef CODER_CHECK_SETID_H
#define CODER_CHECK_SETID_H

#include "finding.h"

void check_setid(struct doctor *doctor);     /* check_setid.c: set-id files of who may do nothing */

#endif
