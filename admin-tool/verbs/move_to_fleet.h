/*
 * Users move-to-fleet.
 */
#ifndef CODER_VERBS_MOVE_TO_FLEET_H
#define CODER_VERBS_MOVE_TO_FLEET_H

#include "terminal/command.h"

enum status users_move_to_fleet(struct tool *tool);

#endif
