/*
 * Admin-tool publish.
 */
#ifndef CODER_VERBS_PUBLISH_H
#define CODER_VERBS_PUBLISH_H

#include "terminal/command.h"

enum status publish_anew(struct tool *tool);

#endif
