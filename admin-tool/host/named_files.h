/*
 * Files that this machine keeps under a user's name: crontab, mail, the mark of one who lingers. They follow a new name.
 */
#ifndef CODER_NAMED_FILES_H
#define CODER_NAMED_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sql/account.h"
#include "terminal/command.h"

enum { NAMED_FILES = 3, NAMED_PATH_SIZE = 32 + ACCOUNT_NAME_SIZE };

struct named_file {
    const char *what; /* "crontab" */
    char path[NAMED_PATH_SIZE];
};

/* Those that lie under this name, whosever they are; how many. */
size_t named_files_find(const char *name, struct named_file ret[NAMED_FILES]);

/* For --dry-run: which of them would be called `new`. uid: whose name `old` is, or was. */
void named_files_preview(const char *old, uint32_t uid, const char *new, FILE *out);

/* After the commit: call them so, and say each. One that is not the user's is left alone, and what has the new name
 * already is never replaced: both are complained about. */
void named_files_follow(struct tool *tool, const char *old, uint32_t uid, const char *new);

#endif
