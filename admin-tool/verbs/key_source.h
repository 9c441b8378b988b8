/*
 * The ssh keys that a word of the command line gives.
 */
#ifndef CODER_VERBS_KEY_SOURCE_H
#define CODER_VERBS_KEY_SOURCE_H

#include "sql/ssh_key_set.h"
#include "terminal/command.h"

/*
 * Add the keys of `word`: a KEY when it has a blank in it and begins neither with '/' nor with '.'; else a FILE of
 * lines as in authorized_keys, "-" for standard input. All of them are good, or none is added: GO_ON, or said, never
 * with a part of what was read.
 */
enum status key_source_read(const struct tool *tool, const char *word, struct ssh_key_set *set);

#endif
