/*
 * The doctor: admin-tool check. Each check looks at one part of the machine and says what it finds;
 * none changes anything. A finding is what is wrong, why it matters, and the command that mends it.
 */
#ifndef CODER_CHECK_H
#define CODER_CHECK_H

#include "terminal/command.h"

/* -- the checks, in this order ------------------------------------------------------------ */

enum status check_run(struct tool *tool);

#endif
