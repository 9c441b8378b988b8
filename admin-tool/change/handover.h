/*
 * The text that is passed on to the user.
 */
#ifndef CODER_CHANGE_HANDOVER_H
#define CODER_CHANGE_HANDOVER_H

#include "sql/account.h"
#include "terminal/command.h"

/* On stdout, as text or JSON; complains when a password could not be shown. NULL: none. */
void handover_print(struct tool *tool, const struct account *account, const char *password);

#endif
