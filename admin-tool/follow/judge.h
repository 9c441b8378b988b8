/*
 * What an entry wants against what this host allows.
 */
#ifndef CODER_FOLLOW_JUDGE_H
#define CODER_FOLLOW_JUDGE_H

#include <stdbool.h>

#include "terminal/command.h"
#include "batch.h"

/*
 * Each entry of the batch that wants to be an account, or to be one otherwise: its schema, policy's ranges and roles, and
 * this machine's users, groups, homes, shells and rules, as an import asks them. What cannot be taken gets its `why`.
 * Asks NSS and reads files: not under a lock. False: no memory, or the store cannot be read, which is said.
 * *ret_unsure: this machine's users could not be listed, and new accounts are refused for that alone.
 */
bool judge_batch(struct tool *tool, struct batch *batch, bool *ret_unsure);

#endif
