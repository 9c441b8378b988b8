/*
 * Accounts that come from the fleet: they are changed there, and this host only follows.
 */
#ifndef CODER_CHANGE_FLEET_ACCOUNT_H
#define CODER_CHANGE_FLEET_ACCOUNT_H

#include "sql/account.h"
#include "terminal/command.h"

/* What is said instead of a change. */
#define FLEET_ACCOUNT_ADVICE "change that in the fleet, see coder-fleet(7)"

/* GO_ON for an account of here; else said, with where it is changed. */
enum status fleet_account_refuse(const struct tool *tool, const struct account *account);

#endif
