/*
 * The one question before a change.
 */
#ifndef CODER_TERMINAL_CONFIRM_H
#define CODER_TERMINAL_CONFIRM_H

#include <stdbool.h>
#include <stdio.h>

/* Ask "Are you sure you want to PLAN? (yes/no)" on `out`; the answer is a line of standard input. */
bool change_is_confirmed(const char *plan, FILE *out);

/* Ask "Are you sure you want to PLAN? (yes/no)". */
bool change_is_confirmed(const char *plan, FILE *out);

#endif
