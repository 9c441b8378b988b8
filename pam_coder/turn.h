/*
 * A user's turn at the helper: his own programs that ask at once (screen lockers) are judged one after the other, in the
 * order in which they came. All at once they would share the processor, and on a slow machine none would be done in time.
 */
#ifndef CODER_TURN_H
#define CODER_TURN_H

#include <stdint.h>

/* Waits until no other helper has the turn of this user, or for 12 s: who then has none goes on without, as he does where
 * there can be no file for it. A descriptor that ends the turn when it is closed, or -1. */
int turn_wait(const char *run_dir, uint32_t uid);

#endif
