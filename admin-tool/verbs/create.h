/*
 * Users create.
 */
#ifndef CODER_VERBS_CREATE_H
#define CODER_VERBS_CREATE_H

#include "sql/account.h"
#include "terminal/command.h"

/* Nobody else's is the home of such an account, nor could be: GO_ON; or said. */
enum status create_check_home(struct tool *tool, const struct account *account);

enum status users_create(struct tool *tool);

#endif
