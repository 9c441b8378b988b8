/*
 * A folder of backups, of which so many stay.
 */
#ifndef CODER_VERBS_BACKUP_KEEP_H
#define CODER_VERBS_BACKUP_KEEP_H

#include <stddef.h>

#include "terminal/command.h"
#include "backup_target.h"

enum { BACKUP_PATH_SIZE = 4096 };

/* --keep: how many; USAGE, said, when it is no number from 1 to 9999. */
enum status backup_keep_count(const struct tool *tool, size_t *ret);

/* The path of a new file in the folder that the operand names, called by the time; the folder is made, root's alone, when
 * there is none and this is no dry run. REFUSED where users other than root can write on the way: files are removed there. */
enum status backup_keep_name(const struct tool *tool, char ret[BACKUP_PATH_SIZE]);

/* Remove those that were called so before, but for the newest `keep` with `made` among them; complains about what could
 * not be removed. How many are gone. */
size_t backup_keep_newest(struct tool *tool, const struct backup_target *made, size_t keep);

#endif
