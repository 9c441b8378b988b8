/*
 * --scope: which hosts of the fleet have an account.
 */
#ifndef CODER_CHANGE_SCOPE_H
#define CODER_CHANGE_SCOPE_H

#include "terminal/command.h"
#include "fleet_request.h"

/* That of a new account for which none is named. */
#define SCOPE_USUAL "all"

/* The words between commas are names of scopes, or the option was not given: GO_ON. Else said. */
enum status scope_check(const struct tool *tool);

/* Ask for these scopes, with commas between them. */
void scope_ask(const char *names, struct fleet_request *request);

/* Ask for those of --scope; for `usual` where none are given (NULL: nothing is asked). Checked before. */
void scope_set(const struct tool *tool, const char *usual, struct fleet_request *request);

#endif
