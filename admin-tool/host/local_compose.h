/*
 * A local file's new text put together from its old one.
 */
#ifndef CODER_LOCAL_COMPOSE_H
#define CODER_LOCAL_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "local_files.h"

/* Where the lines of compat mode (nsswitch.conf(5): "+", "-") begin in the old text, else its end: new lines come
 * before it. */
const char *local_file_tail(const struct local_file *file);

/* All of these: false when memory is short. The old text from there on. */
bool local_file_add_tail(struct local_file *file);

/* A newline where the new text lacks its last one. */
bool local_file_end_line(struct local_file *file);

/* Behind a copied line of group or gshadow without its newline: those of the names, each with a newline, that its list
 * of members lacks. A line that is no group's stays as it is. */
bool local_file_add_members(struct local_file *file, const char *line, size_t length, const char *names);

#endif
