/*
 * Onf and the library.
 */
#ifndef CODER_CHECK_NSS_H
#define CODER_CHECK_NSS_H

#include "finding.h"

void check_nss(struct doctor *doctor);       /* check_nss.c: nsswitch.conf and the library */

#endif
