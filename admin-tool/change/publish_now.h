/*
 * The public directory written for the store as it is.
 */
#ifndef CODER_CHANGE_PUBLISH_NOW_H
#define CODER_CHANGE_PUBLISH_NOW_H

#include "terminal/command.h"

/* In a transaction of its own. The tool lock is held. GO_ON, or said. */
enum status publish_now(struct tool *tool);

/* Where publish_is_due says so, under the tool lock, which is not held before or after. GO_ON, or said. */
enum status publish_if_due(struct tool *tool);

#endif
