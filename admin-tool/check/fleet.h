/*
 * The fleet that this host follows, seen by the doctor.
 */
#ifndef CODER_CHECK_FLEET_H
#define CODER_CHECK_FLEET_H

#include "finding.h"

/* Nothing at all on a host that is in none. */
void check_fleet(struct doctor *doctor);

/* Of an account that comes from the fleet: what gives back the access that it has not got; for one of here ret stays. */
void check_fleet_mend(const struct doctor *doctor, const struct account *account, enum verdict verdict,
                      char ret[CHECK_TEXT_SIZE]);

#endif
