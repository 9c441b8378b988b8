/*
 * Fleet resync.
 */
#ifndef CODER_VERBS_FLEET_RESYNC_H
#define CODER_VERBS_FLEET_RESYNC_H

#include "terminal/command.h"

enum status fleet_resync(struct tool *tool);

#endif
