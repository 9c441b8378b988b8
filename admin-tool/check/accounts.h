/*
 * Every record, and NSS's answer for it.
 */
#ifndef CODER_CHECK_ACCOUNTS_H
#define CODER_CHECK_ACCOUNTS_H

#include "finding.h"

void check_accounts(struct doctor *doctor);  /* check_accounts.c: every record, and NSS's answer */

#endif
