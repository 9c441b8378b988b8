/*
 * Ending what runs for a user.
 */
#ifndef CODER_HOST_SESSIONS_H
#define CODER_HOST_SESSIONS_H

#include "sql/account.h"
#include "terminal/command.h"

/* End whatever runs for this user (DESIGN D11). What is left is complained about. */
void sessions_end(struct tool *tool, const struct account *account);

#endif
