/*
 * The answer of a change, for programs.
 */
#ifndef CODER_CHANGE_ANSWER_TARGETS_H
#define CODER_CHANGE_ANSWER_TARGETS_H

#include "terminal/command.h"
#include "change.h"
#include "targets.h"

/* With JSON: the accounts as they are now, and what became of each; of a dry run what would become. GO_ON, or said. */
enum status answer_targets(struct tool *tool, const struct targets *targets);

#endif
