/*
 * Command lines: which options there are, and reading them.
 */
#ifndef CODER_TERMINAL_OPTIONS_H
#define CODER_TERMINAL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"

/* Whether the command has this option. */
bool options_take(const struct command *command, enum option_id id);

/* Read the arguments after the command's words: GO_ON, or USAGE, said. */
enum status options_parse(const struct command *command, int argc, char **argv,
                          struct arguments *ret);
void options_print_help(const struct command *command);

/* --event names one that there is: GO_ON; or USAGE, said with all of them. */
enum status options_check_event(const struct tool *tool);

/* The time that an option names, as when_parse has it; `name` is the option's. GO_ON, *ret untouched when
 * it was not given; or USAGE, said. */
enum status options_parse_when(const struct tool *tool, enum option_id option, const char *name,
                             int64_t *ret);

#endif
