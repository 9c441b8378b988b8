/*
 * Users show.
 */
#ifndef CODER_VERBS_SHOW_H
#define CODER_VERBS_SHOW_H

#include "terminal/command.h"

enum status users_show(struct tool *tool);

#endif
