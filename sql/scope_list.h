/*
 * The scopes of an account of the fleet, which are groups of hosts, as one text.
 */
#ifndef CODER_SCOPE_LIST_H
#define CODER_SCOPE_LIST_H

#include <stdbool.h>

#include "store_fleet_accounts.h"

#define SCOPE_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
enum { SCOPE_SIZE = 65 }; /* of a name, with the NUL */

/* "all,web" of the names in text, with commas, semicolons or newlines between them: sorted, each once. False: some are no
 * names, or have no room, and are left out. */
bool scope_list(const char *text, char ret[FLEET_SCOPES_SIZE]);

#endif
