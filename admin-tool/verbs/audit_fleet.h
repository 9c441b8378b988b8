/*
 * audit --fleet: what was changed in the fleet, from its own log, which auditors of the fleet read.
 */
#ifndef CODER_VERBS_AUDIT_FLEET_H
#define CODER_VERBS_AUDIT_FLEET_H

#include "terminal/command.h"

enum status audit_fleet(struct tool *tool);

#endif
