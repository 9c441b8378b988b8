/*
 * Fleet join.
 */
#ifndef CODER_VERBS_FLEET_JOIN_H
#define CODER_VERBS_FLEET_JOIN_H

#include "terminal/command.h"

enum status fleet_join(struct tool *tool);

#endif
