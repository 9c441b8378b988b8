/*
 * What runs for a user: ended, or counted.
 */
#ifndef CODER_HOST_SESSIONS_H
#define CODER_HOST_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sql/account.h"
#include "terminal/command.h"

/* End whatever runs for this user (DESIGN D11). What is left is complained about. */
void sessions_end(struct tool *tool, const struct account *account);

/* The same, after which whoever lingers does so again, with what was started since under the name he has now. */
void sessions_interrupt(struct tool *tool, const struct account *account);

/* What sessions_end would end now, by one look: how many processes, and the number of the first, 0 without one. False
 * when that cannot be found out. */
bool sessions_find(const struct tool *tool, const struct account *account, size_t *ret_count, pid_t *ret_first);

#endif
