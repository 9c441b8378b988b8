/*
 * Whoever lost access through the fleet goes: one sweep at a time, beside the following.
 */
#ifndef CODER_FOLLOW_SWEEPS_H
#define CODER_FOLLOW_SWEEPS_H

#include <stdbool.h>
#include <sys/types.h>

#include "terminal/command.h"

/* End what runs for all who are due in the store, in one sweep, and strike them off. tool->store is open. What was not
 * struck off is due again. */
void sweeps_carry_out(struct tool *tool);

/* The child that does it; 0: none. */
struct sweeper {
    pid_t child;
    bool due; /* somebody may be */
};

/* Start one where somebody is due and none is at work; see whether it is done. The store must not be open: a child does
 * not share it. fd: not the child's. */
void sweeper_look(struct tool *tool, struct sweeper *sweeper, int fd);

#endif
