/*
 * What AppArmor must know, where it confines.
 */
#ifndef CODER_CHECK_APPARMOR_H
#define CODER_CHECK_APPARMOR_H

#include "finding.h"

void check_apparmor(struct doctor *doctor);

#endif
