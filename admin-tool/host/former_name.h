/*
 * What this machine keeps under a name that an account had before.
 */
#ifndef CODER_FORMER_NAME_H
#define CODER_FORMER_NAME_H

#include "sql/account.h"
#include "terminal/command.h"

/* After the commit, and again for what was left: files, places in local lists, and the home where it was moved get the name
 * that the account has now. Each is said; what fails is complained about, and stays as it was. Of a former name that is
 * somebody else's here by now nothing is touched but the home. */
void former_name_follow(struct tool *tool, const char *old, const struct account *account);

#endif
