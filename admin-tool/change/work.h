/*
 * A change at work: as its callbacks see it, and whom it is about.
 */
#ifndef CODER_CHANGE_WORK_H
#define CODER_CHANGE_WORK_H

#include <stddef.h>

#include "terminal/command.h"
#include "change.h"
#include "targets.h"

struct work {
    struct tool *tool;
    struct change change; /* nth and among are ours */
    struct targets targets;
};

/* What is said from now on is about this one, who is the change's nth. */
struct target *work_turn_to(struct work *work, size_t i);

#endif
