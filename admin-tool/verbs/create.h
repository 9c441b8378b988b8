/*
 * Users create.
 */
#ifndef CODER_VERBS_CREATE_H
#define CODER_VERBS_CREATE_H

#include "terminal/command.h"

enum status users_create(struct tool *tool);

#endif
