/*
 * An account lost, or what it may do.
 */
#ifndef CODER_VERBS_LOSS_H
#define CODER_VERBS_LOSS_H

#include "change/change.h"
#include "sql/account.h"
#include "terminal/command.h"

/* May this account be suspended, deleted, or lose the Admin's role, as all the change is about are to? Not the last
 * active Admin's, not one's own, unless --force: refused with a line that says so. */
enum status loss_check(struct tool *tool, const struct change *change, const struct account *account);

#endif
