/*
 * What files of local accounts say of a user by name: places in the lists of local groups (group(5), gshadow(5)), ranges
 * of subordinate ids (subuid(5)). They follow a new name.
 */
#ifndef CODER_LOCAL_NAMES_H
#define CODER_LOCAL_NAMES_H

#include <stdio.h>

#include "terminal/command.h"

/* The first of these files that names the user, with errno 0, or that cannot be read: its path. NULL: none. */
const char *local_names_find(const char *username);

/* For --dry-run: where `new` would stand in the place of `old`. */
void local_names_preview(const char *old, const char *new, FILE *out);

/* After the commit: write it so in all of them at once, say where, and keep the former files (local_backup.h). Waits up
 * to 15 s for lckpwdf(3); what fails is complained about, and leaves the files whole. */
void local_names_follow(struct tool *tool, const char *old, const char *new);

#endif
