/*
 * Several ssh keys, each once: what one account is to have.
 */
#ifndef CODER_SSH_KEY_SET_H
#define CODER_SSH_KEY_SET_H

#include <stddef.h>

#include "ssh_key.h"

/* What one account may have: keys, and octets of their lines with a newline each. What the public directory has room
 * for, and more than a person can keep track of. */
enum { SSH_KEYS_MAX = 64, SSH_KEYS_TEXT_SIZE = 65536 };

/* Begins with all 0, never has more than that; to be freed in every case. */
struct ssh_key_set {
    struct ssh_key *keys;
    size_t count;
};

/* Add the key of this one line, if it is not there already: NULL, or what is wrong, in words that follow "it". */
const char *ssh_key_set_add(struct ssh_key_set *set, const char *line);

/*
 * Add those of a text of lines as in authorized_keys (sshd(8)): comments and empty lines are passed over, a line may
 * end with CRLF. NULL, or what is wrong with line *ret_line, from 1, or with all of it (0); then none was added. The
 * text is cut to pieces.
 */
const char *ssh_key_set_add_lines(struct ssh_key_set *set, char *text, size_t *ret_line);

/* "SHA256:..., SHA256:..." */
enum { SSH_KEYS_NAMES_SIZE = SSH_KEYS_MAX * (SSH_KEY_FINGERPRINT_SIZE + 1) };
void ssh_keys_name(char ret[SSH_KEYS_NAMES_SIZE], const char *fingerprint); /* one more, behind the others */
void ssh_key_set_names(const struct ssh_key_set *set, char ret[SSH_KEYS_NAMES_SIZE]);

/* The lines, a newline behind each. */
void ssh_key_set_text(const struct ssh_key_set *set, char ret[SSH_KEYS_TEXT_SIZE + 1]);

void ssh_key_set_free(struct ssh_key_set *set);

#endif
