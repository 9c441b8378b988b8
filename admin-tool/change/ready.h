/*
 * A command made ready to run.
 */
#ifndef CODER_CHANGE_READY_H
#define CODER_CHANGE_READY_H

#include "terminal/command.h"

/*
 * Open the store and read the policy. A changing command without --dry-run first makes folders,
 * store and directory when there are none; all others leave tool->store NULL then. A directory that
 * is behind the store is published anew. GO_ON, or said.
 */
enum status tool_open(struct tool *tool);

#endif
