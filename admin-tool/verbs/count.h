/*
 * Users count.
 */
#ifndef CODER_VERBS_COUNT_H
#define CODER_VERBS_COUNT_H

#include "terminal/command.h"

enum status users_count(struct tool *tool);

#endif
