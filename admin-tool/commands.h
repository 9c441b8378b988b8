/*
 * The commands there are.
 */
#ifndef CODER_COMMANDS_H
#define CODER_COMMANDS_H

#include <stdio.h>

#include "terminal/command.h"

/* The group of this word, or of another word for it; NULL: none. */
const char *commands_find_group(const char *word);

/* group: as commands_find_group gives it, NULL: a command of one word. name: or another word for it ("ls"); "": the group's
 * word alone. NULL: none. */
const struct command *commands_find(const char *group, const char *name);

/* Says that there is none of these words, and which is the nearest. second: NULL when there is none; it need not be a
 * command's word. USAGE. */
enum status commands_refuse(const char *first, const char *second);

/* All of them in a line each, of one group or, with NULL, of all. */
void commands_print(FILE *out, const char *group);

#endif
