/*
 * The ssh keys that a word of the command line gives.
 */
#ifndef CODER_VERBS_KEY_SOURCE_H
#define CODER_VERBS_KEY_SOURCE_H

#include <stddef.h>

#include "sql/ssh_key.h"
#include "terminal/command.h"

/* No two of the same fingerprint. Start with all 0; to be freed in every case. */
struct key_set {
    struct ssh_key *keys;
    size_t count;
};

/*
 * Add the keys of `word`: a KEY when it has a blank in it and begins neither with '/' nor with '.'; else a FILE of
 * lines as in authorized_keys, "-" for standard input, where comments and empty lines are passed over. All of them
 * are good, or none is added: GO_ON, or said, never with a part of what was read.
 */
enum status key_source_read(const struct tool *tool, const char *word, struct key_set *set);
void key_set_free(struct key_set *set);

#endif
