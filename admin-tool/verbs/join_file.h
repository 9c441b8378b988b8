/*
 * The join file: what a host is given so that it can follow its fleet. It holds the host's key.
 */
#ifndef CODER_VERBS_JOIN_FILE_H
#define CODER_VERBS_JOIN_FILE_H

#include <stdbool.h>

#include "host/fleet_folder.h"
#include "terminal/command.h"

enum join_key {
    JOIN_URIS, JOIN_BASE, JOIN_HOST, JOIN_CA, JOIN_CERTIFICATE, JOIN_KEY, JOIN_EXPIRES, JOIN_UID_MIN, JOIN_UID_MAX, JOIN_KEYS
};

/* Values as text; NULL: the file has none. uris: a line each. */
struct join_file {
    char *values[JOIN_KEYS];
    char *settings; /* the text of fleet.conf */
};

/* The file that the first operand names, judged: nothing of it is taken on trust. GO_ON, or said. For join_file_free in
 * either case. */
enum status join_file_read(const struct tool *tool, struct join_file *ret);
void join_file_free(struct join_file *file); /* wipes */

/* The texts of the folder's files; they are the file's. */
void join_file_texts(const struct join_file *file, const char *ret[FLEET_FILES]);

/* Away with it, where nobody but root could have put another file in its place; else false. */
bool join_file_remove(const struct tool *tool);

#endif
