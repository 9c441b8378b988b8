/*
 * Public ssh keys as values: one line of an authorized_keys file (sshd(8)), judged as sshd reads it, and stricter
 * where sshd would only pass the line over. Pure: no file, no clock, no allocation.
 */
#ifndef CODER_SSH_KEY_H
#define CODER_SSH_KEY_H

#include <stddef.h>

/* Sizes include the terminating NUL. An RSA key of 16384 bits has 2800 octets; the rest is for options. The
 * fingerprint is "SHA256:" and 43 octets of base64 without padding, as ssh-keygen -l shows it. */
enum {
    SSH_KEY_LINE_SIZE = 8193,
    SSH_KEY_FINGERPRINT_SIZE = 51,
    SSH_KEY_COMMENT_SIZE = 257
};

struct ssh_key {
    char line[SSH_KEY_LINE_SIZE]; /* [options] type base64 [comment], one blank between them, valid UTF-8 */
    size_t options_length; /* the line begins with so many octets of options */
    char fingerprint[SSH_KEY_FINGERPRINT_SIZE];
    const char *type;                   /* lives for ever */
    unsigned bits;                      /* of the modulus or the curve */
    char comment[SSH_KEY_COMMENT_SIZE]; /* "": none */
};

/*
 * NULL if this one line (no newline) is a key that may be kept, ret filled; else what is wrong with it, in words that
 * follow "it", never with a part of it. Taken: RSA of 2048 to 16384 bits, ECDSA, Ed25519 and the two kinds of
 * security keys. Refused: certificates, keys of authorities, DSA, private keys, options that sshd does not know.
 */
const char *ssh_key_fault(const char *text, struct ssh_key *ret);

#endif
