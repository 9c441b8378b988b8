/*
 * Accounts that /etc/passwd decides about, whatever we say.
 */
#ifndef CODER_HOST_LOCAL_USERS_H
#define CODER_HOST_LOCAL_USERS_H

#include <stdbool.h>

#include "terminal/command.h"

/* True when /etc/passwd itself has a line of this name; and a note that says what follows from it. */
bool host_is_local(const char *username);
void host_note_local(const char *username);

/* The same for all accounts of the store at once. */
void host_note_locals(const struct tool *tool);

#endif
