/*
 * Renamed users' former names.
 */
#ifndef CODER_CHECK_RENAMED_H
#define CODER_CHECK_RENAMED_H

#include "finding.h"

void check_renamed(struct doctor *doctor);

#endif
