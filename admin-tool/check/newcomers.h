/*
 * What policy gives to new accounts.
 */
#ifndef CODER_CHECK_NEWCOMERS_H
#define CODER_CHECK_NEWCOMERS_H

#include "finding.h"

/* The default shell and the folder of homes are still what policy took: a restore may have brought them from elsewhere. */
void check_newcomers(struct doctor *doctor);

#endif
