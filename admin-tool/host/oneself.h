/*
 * Whoever runs this, as the one it is done to.
 */
#ifndef CODER_ONESELF_H
#define CODER_ONESELF_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "terminal/command.h"

/* Is the account that of whoever runs this, by login uid or by sudo's word? */
bool oneself_is(const struct actor *actor, uint32_t uid, const char *username);

/* GO_ON, or said and REFUSED: he would shut himself out, and lose the session he does it in. */
enum status oneself_check(const struct tool *tool, const struct account *account);

/* Before the sessions of this account are ended: if they are our own, write what there is to say, wait
 * half a second for sudo, sshd and the like to pass it on, and from then on outlive its end. */
void oneself_take_leave(const struct tool *tool, const struct account *account);

#endif
