/*
 * Users list.
 */
#ifndef CODER_VERBS_LISTING_H
#define CODER_VERBS_LISTING_H

#include "terminal/command.h"

enum status users_list(struct tool *tool);

#endif
