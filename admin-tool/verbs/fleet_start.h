/*
 * Following: whether it does, begun, and the first fill waited for.
 */
#ifndef CODER_VERBS_FLEET_START_H
#define CODER_VERBS_FLEET_START_H

#include <stdbool.h>

#include "sql/store_fleet.h"
#include "terminal/command.h"

/* GO_ON, and *ret is the fleet that is followed. DONE, and said: none is. Else said. */
enum status fleet_start_find(struct tool *tool, struct fleet *ret);

/* The units run from now on, and at each boot; where no systemd is, how it is done is said. What came is said, or that
 * nothing did within a minute; what fails is complained about. renewed: they ran before, and begin again. */
void fleet_start(struct tool *tool, bool renewed);

/* What the store was told is taken up by whoever follows: the unit begins again, or that is said. */
void fleet_start_again(struct tool *tool);

#endif
