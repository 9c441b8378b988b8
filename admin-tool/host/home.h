/*
 * What the two halves of home.c share: everything goes through open folders by single names.
 */
#ifndef CODER_HOME_H
#define CODER_HOME_H

#include <fcntl.h>
#include <stdbool.h>

#include "sql/account.h"
#include "terminal/command.h"

enum { OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* "." or "..". */
bool home_is_dots(const char *name);

/* Open the folder that holds `path`; *ret_name is its last part. -1 with errno. */
int home_open_parent(const char *path, const char **ret_name);

/* Make the home from /etc/skel; one that exists is left alone, with a note, and nobody's is none. False: not made,
 * perhaps after a complaint. */
bool home_make(struct tool *tool, const struct account *account);

#endif
