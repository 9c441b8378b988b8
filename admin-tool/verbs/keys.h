/*
 * The keys commands.
 */
#ifndef CODER_VERBS_KEYS_H
#define CODER_VERBS_KEYS_H

#include "terminal/command.h"

enum status keys_list(struct tool *tool);
enum status keys_add(struct tool *tool);
enum status keys_remove(struct tool *tool);

#endif
