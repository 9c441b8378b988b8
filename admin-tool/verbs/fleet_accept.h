/*
 * Fleet accept.
 */
#ifndef CODER_VERBS_FLEET_ACCEPT_H
#define CODER_VERBS_FLEET_ACCEPT_H

#include "terminal/command.h"

enum status fleet_accept_verb(struct tool *tool);

#endif
