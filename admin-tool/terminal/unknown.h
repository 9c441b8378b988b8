/*
 * A name that no account of ours has, and what is known of it.
 */
#ifndef CODER_TERMINAL_UNKNOWN_H
#define CODER_TERMINAL_UNKNOWN_H

#include "sql/account.h"
#include "command.h"

enum unknown_kind {
    UNKNOWN_RENAMED, /* somebody had it before: ret_name */
    UNKNOWN_GONE,    /* went to /etc/passwd */
    UNKNOWN_LOCAL,   /* is in /etc/passwd */
    UNKNOWN_SYSTEM,  /* likewise, and is no person's */
    UNKNOWN_SIMILAR, /* mistyped, perhaps: ret_name is the account's that is most like it */
    UNKNOWN_NOBODY
};

/* While a lock is held only what the store has of this very name is looked for. */
enum unknown_kind unknown_find(const struct tool *tool, const char *subject, char ret_name[ACCOUNT_NAME_SIZE]);

#endif
