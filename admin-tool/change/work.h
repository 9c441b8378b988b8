/*
 * A change at work: as its callbacks see it, and whom it is about.
 */
#ifndef CODER_CHANGE_WORK_H
#define CODER_CHANGE_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "change.h"
#include "targets.h"
#include "upward.h"

struct work {
    struct tool *tool;
    struct change change; /* nth and among are ours */
    struct targets targets;
    struct upward upward;
};

/* What is said from now on is about this one, who is the change's nth. */
struct target *work_turn_to(struct work *work, size_t i);

/* Those whom `is_meant` names, side by side: as they are now, or as they were where gone. NULL when memory is short; for
 * work_forget, with their number. */
typedef bool work_meant(const struct tool *tool, const struct change *change, const struct target *target);
struct account *work_choose(struct work *work, work_meant *is_meant, size_t *ret_count);
void work_forget(struct account *accounts, size_t count);

#endif
