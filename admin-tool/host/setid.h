/*
 * Set-id files: with the set-user-id bit a user's file runs as the user for anybody, with the set-group-id bit
 * with its group, also when the user has no longer the right to either. Only the owner (and root) can set the
 * bits, so a user's own files are what counts; another's set-id file is that one's doing. They are looked for
 * where users write: not below /usr, but for /usr/local.
 */
#ifndef CODER_SETID_H
#define CODER_SETID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "search.h"

enum { SETID_COMMAND_SIZE = 2048 };

/* The command that takes the bits off a uid's files when no account is there any more, where a search from home
 * (NULL: none) looks. */
void setid_command(const char *home, enum search_scope scope, uint32_t uid, char ret[SETID_COMMAND_SIZE]);

/* What takes the bits off, for people. */
typedef void setid_advice(const struct account *account, char ret[SETID_COMMAND_SIZE]);

/*
 * After users suspend, edit-roles and delete, in one walk for all these accounts as they are now: list the files, or
 * with --remove-setid take the bits off, end what was run with them meanwhile, and say what was done; what failed is
 * complained about. For those who are suspended all bits count, so for all when they are deleted, else those of groups
 * that the user is not in. Nothing is printed when there are none. At most 6 s, with --remove-setid two minutes.
 */
void setid_settle(struct tool *tool, const struct account *accounts, size_t count, bool deleted,
                  setid_advice *advise);

/* The same for --dry-run, of accounts as they are before it. shut_out: they would be suspended or deleted; else `roles`
 * is what each would have, and who loses none is left out. */
void setid_preview(struct tool *tool, const struct account *accounts, size_t count, bool shut_out, unsigned roles,
                   FILE *out);

#endif
