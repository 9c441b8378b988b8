/*
 * What an imported account needs besides its record.
 */
#ifndef CODER_IMPORT_EQUIP_H
#define CODER_IMPORT_EQUIP_H

#include "batch.h"

/* Homes and subordinate ids of those that are new, as users create gives them, after the commit and under no lock.
 * Trouble is a complaint. Ctrl-C ends it between two accounts. */
void import_equip(struct import_batch *batch);

/* For --dry-run. */
void import_equip_preview(const struct import_batch *batch);

#endif
