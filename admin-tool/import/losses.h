/*
 * What a whole file takes away: the rules of suspend, edit-roles and delete, for all of it together.
 */
#ifndef CODER_IMPORT_LOSSES_H
#define CODER_IMPORT_LOSSES_H

#include <stdint.h>

#include "sql/account.h"
#include "terminal/command.h"

struct losses {
    int64_t admins;               /* active ones that there will be */
    char lost[ACCOUNT_NAME_SIZE]; /* one who is no active Admin then; "": none */
};

/* Before anything is changed. GO_ON, or said. */
enum status losses_begin(const struct tool *tool, struct losses *ret);

/* One account's change; before: NULL when it is new, after: NULL when it goes. GO_ON, or it is one's own loss, which is
 * said. */
enum status losses_add(const struct tool *tool, struct losses *losses, const struct account *before,
                       const struct account *after);

/* Behind the last one: GO_ON when somebody is left who can undo it, else said. --force permits both. */
enum status losses_check(const struct tool *tool, const struct losses *losses);

#endif
