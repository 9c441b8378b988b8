/*
 * Fleet status.
 */
#ifndef CODER_VERBS_FLEET_STATUS_H
#define CODER_VERBS_FLEET_STATUS_H

#include "terminal/command.h"

enum status fleet_status(struct tool *tool);

#endif
