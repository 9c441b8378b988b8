/*
 * What the files of publish share: how an account looks in the directory file. One function
 * makes a record from an account, so a file written whole and a patched one cannot differ.
 */
#ifndef CODER_PUBLISH_H
#define CODER_PUBLISH_H

#include <stdbool.h>

#include "nss_coder/directory.h"
#include "sql/account.h"
#include "terminal/command.h"

/* Beside the published file; root alone can open it until it is committed. */
#define PREPARED DIRECTORY_PATH ".new"

/* True when the directory file is missing, not to be trusted, or of another generation. */
bool publish_is_behind(struct tool *tool);

/* The same, or when it is from before a group of /etc/group that comes with a role or could be somebody's private one
 * was made, removed or given another id; where accounts become dormant, also when it is of an earlier day. */
bool publish_is_due(struct tool *tool);

/* In a transaction: write and fsync the new file beside the old one. before, after: as for
 * change_commit. GO_ON, or said. */
enum status publish_prepare(struct tool *tool, const struct account *before,
                            const struct account *after);

/* After the commit: put it in place; nscd is told when the lock is released. False with errno: the old
 * one is still there. */
bool publish_finish(struct tool *tool);
void publish_tell_nscd(void);
void publish_abandon(void);

#endif
