/*
 * What SELinux must know, where it is on.
 */
#ifndef CODER_CHECK_SELINUX_H
#define CODER_CHECK_SELINUX_H

#include "finding.h"

void check_selinux(struct doctor *doctor);

#endif
