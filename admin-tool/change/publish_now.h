/*
 * The public directory written for the store as it is.
 */
#ifndef CODER_CHANGE_PUBLISH_NOW_H
#define CODER_CHANGE_PUBLISH_NOW_H

#include "terminal/command.h"

/* In a transaction of its own. The tool lock is held. GO_ON, or said. */
enum status publish_now(struct tool *tool);

/* Both, for the store as it is. The tool lock is held. GO_ON, or said. */
enum status publish_now(struct tool *tool);

#endif
