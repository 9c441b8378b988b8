/*
 * Mending what can be mended without loss.
 */
#ifndef CODER_CHECK_REPAIR_H
#define CODER_CHECK_REPAIR_H

#include "terminal/command.h"

/* Mend what can be mended without loss, and say each. Before the checks: nothing is open. */
void check_repair(struct tool *tool);

#endif
