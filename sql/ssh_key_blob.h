/*
 * The key itself in a line of an authorized_keys file: its type, and the base64 of what RFC 4253 6.6 calls its blob.
 */
#ifndef CODER_SSH_KEY_BLOB_H
#define CODER_SSH_KEY_BLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "ssh_key.h"

/* Is this word a type that sshd reads, though it may be refused? */
bool ssh_key_type_is_known(const char *word, size_t length);

/* NULL for a type that is taken, else what is wrong with the line. */
const char *ssh_key_type_fault(const char *word, size_t length);

/* The base64 and the type's word, both of the line: NULL if it is whole, of this type, strong enough and ends where
 * its last field ends, then type, bits and fingerprint are set; else what is wrong. */
const char *ssh_key_blob_fault(const char *base64, size_t length, const char *word, size_t word_length,
                               struct ssh_key *ret);

#endif
