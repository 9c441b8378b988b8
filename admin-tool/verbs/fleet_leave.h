/*
 * Fleet leave.
 */
#ifndef CODER_VERBS_FLEET_LEAVE_H
#define CODER_VERBS_FLEET_LEAVE_H

#include "terminal/command.h"

enum status fleet_leave(struct tool *tool);

#endif
