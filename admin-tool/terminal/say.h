/*
 * What is said to a person, with which exit status: everything that can go wrong becomes a status and
 * one line at one place.
 */
#ifndef CODER_TERMINAL_SAY_H
#define CODER_TERMINAL_SAY_H

#include <stdbool.h>
#include <stdio.h>

#include "sql/store.h"
#include "command.h"
#include "fault.h"

/* One line on stderr, "admin-tool: ...", escaped for terminals. Returns the status given. */
enum status tool_refuse(enum status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with more for programs. field: an option's or column's name ("email"), subject: whom or what about; NULL: none.
 * What stands before the first "; " of the format is what went wrong, what is behind it is what to do. Returns the exit
 * status of the kind. */
enum status tool_refuse_as(enum fault_kind kind, const char *field, const char *subject, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Between the two what is said waits, however much it is: whoever does not read it holds up no lock. The
 * first one writes out what was said and printed before. */
void say_later(void);
void say_now(void);

/* The same for trouble after a commit: the command goes on, and ends with status 1. */
void tool_complain(struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* GO_ON for OK; everything else is said and given its status. subject: whom or what about. */
enum status tool_store_status(const struct tool *tool, enum store_result result,
                              const char *subject);

bool tool_has(const struct tool *tool, enum option_id option);

/* What was asked for with -o; "" when nothing was. */
const char *tool_output(const struct tool *tool);
bool tool_wants_json(const struct tool *tool);

#endif
