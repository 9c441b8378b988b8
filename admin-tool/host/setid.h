/*
 * Set-id files: with the set-user-id bit a user's file runs as the user for anybody, with the set-group-id bit
 * with its group, also when the user has no longer the right to either. Only the owner (and root) can set the
 * bits, so a user's own files are what counts; another's set-id file is that one's doing. They are looked for
 * where users write: not below /usr, but for /usr/local.
 */
#ifndef CODER_SETID_H
#define CODER_SETID_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "search.h"

/* The bits of st that have an effect: set-user-id, and set-group-id of what the group may run (inode(7)). */
mode_t setid_bits(const struct stat *st);

enum { SETID_COMMAND_SIZE = 2048 };

/* The command that takes the bits off a uid's files when no account is there any more, where a search from home
 * (NULL: none) looks. */
void setid_command(const char *home, enum search_scope scope, uint32_t uid, char ret[SETID_COMMAND_SIZE]);

/*
 * After users suspend, edit-roles and delete: list the files, or with --remove-setid take the bits off, end what
 * was run with them meanwhile, and say what was done; what failed is complained about. For one who is suspended
 * or deleted all bits count, else those of groups that the user is not in. `command` is what takes them off,
 * for people. Nothing is printed when there are none. At most 6 s, with --remove-setid two minutes.
 */
void setid_settle(struct tool *tool, const struct account *account, bool shut_out, unsigned roles,
                  const char *command);

/* The same for --dry-run. roles: what it would have afterwards. */
void setid_preview(struct tool *tool, const struct account *account, bool shut_out, unsigned roles,
                   FILE *out);

#endif
