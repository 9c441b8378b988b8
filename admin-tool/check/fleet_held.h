/*
 * What the fleet sent and this host did not take, seen by the doctor.
 */
#ifndef CODER_CHECK_FLEET_HELD_H
#define CODER_CHECK_FLEET_HELD_H

#include "finding.h"

void check_fleet_held(struct doctor *doctor);

#endif
