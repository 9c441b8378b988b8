/*
 * The one question before a change.
 */
#ifndef CODER_TERMINAL_CONFIRM_H
#define CODER_TERMINAL_CONFIRM_H

#include <stdio.h>

#include "command.h"

/* Ask "Are you sure you want to PLAN? (yes/no)" on `out`; the answer is a line of standard input. GO_ON, or said and
 * NOT_CONFIRMED: any other word than yes. */
enum status confirm_change(const char *plan, FILE *out);

#endif
