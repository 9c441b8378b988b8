/*
 * The commands there are.
 */
#ifndef CODER_COMMANDS_H
#define CODER_COMMANDS_H

#include <stdio.h>

#include "terminal/command.h"

/* The group of this word, NULL: no group is called so. */
const char *commands_find_group(const char *word);

/* group: as commands_find_group gives it, NULL: a command of one word. name "": the group's word alone. NULL: none. */
const struct command *commands_find(const char *group, const char *name);

/* All of them in a line each, of one group or, with NULL, of all. */
void commands_print(FILE *out, const char *group);

#endif
