/*
 * nsswitch.conf(5) and the library.
 */
#ifndef CODER_CHECK_NAME_SERVICE_H
#define CODER_CHECK_NAME_SERVICE_H

#include "finding.h"

void check_nss(struct doctor *doctor);

#endif
