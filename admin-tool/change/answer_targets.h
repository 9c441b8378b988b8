/*
 * The answer of a change, for programs.
 */
#ifndef CODER_CHANGE_ANSWER_TARGETS_H
#define CODER_CHANGE_ANSWER_TARGETS_H

#include "terminal/command.h"
#include "change.h"

/* With JSON: the accounts the change is about as they are now, and what became of each; of a dry run what would become.
 * Complains when it could not be written. */
void answer_targets(struct tool *tool, const struct change *change);

#endif
