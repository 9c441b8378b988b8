/*
 * A user's turn at the helper: of his own programs that ask at once (screen lockers) four are judged at a time, about in
 * the order in which they came. All at once they would share the processor, and on a slow machine none would be done in
 * time; one at a time they would get little of it beside others' work.
 */
#ifndef CODER_TURN_H
#define CODER_TURN_H

#include <stdint.h>

/* Waits for a turn of this user's, for 12 s at most: who then has none goes on without, as he does where there can be no
 * file for it. A descriptor that ends the turn when it is closed, or -1. */
int turn_wait(const char *run_dir, uint32_t uid);

/* A turn at the door to the fleet (fleet_door.h), about this account; nobody waits for it. Of one account two are given at a
 * time, of all 24: of the 32 connections that coder-fleet.socket takes the others are for who follows, whom nobody shall
 * keep out. A descriptor as above; -1: none is free, or there can be no file for it. */
int turn_at_door(const char *run_dir, uint32_t uid);

#endif
