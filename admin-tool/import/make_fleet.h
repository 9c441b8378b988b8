/*
 * What is imported on a host that follows a fleet is made and changed there.
 */
#ifndef CODER_IMPORT_MAKE_FLEET_H
#define CODER_IMPORT_MAKE_FLEET_H

#include <stdbool.h>

#include "change/fleet_identity.h"
#include "terminal/command.h"
#include "batch.h"

/* This host has joined, --here was not given, and it is no file of this machine's. */
bool make_fleet_is_meant(const struct import_batch *batch);

/* May it be one of the fleet's? False with the reason. */
bool make_fleet_takes(const struct import_batch *batch, const struct account *account, char ret_reason[IMPORT_REASON_SIZE]);

/* All rows are of here: DONE. All are the fleet's: *ret is who asks it. Else said. */
enum status make_fleet_identify(const struct import_batch *batch, struct fleet_identity *ret);

/* Ask the fleet for every row, and wait for it; the identity is forgotten. GO_ON, also when the first ones alone were done,
 * which is complained about, and the others are in the batch no more; or said, and nothing was done. */
enum status make_fleet(struct import_batch *batch, struct fleet_identity *identity);

#endif
