/*
 * The home that a new account is to have.
 */
#ifndef CODER_VERBS_NEWCOMER_HOME_H
#define CODER_VERBS_NEWCOMER_HOME_H

#include "sql/account.h"
#include "terminal/command.h"

/* No account of the store has it; nor has a user of /etc/passwd, and nothing of another's lies there (with --force the
 * second is not asked). GO_ON, or said. */
enum status newcomer_check_shared(struct tool *tool, const struct account *account);
enum status newcomer_check_home(struct tool *tool, const struct account *account);

#endif
