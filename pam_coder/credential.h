/*
 * Passwords: hash, verify, generate, judge their quality. Hashing is hashing.h's.
 * Every buffer is the caller's, who wipes it with explicit_bzero(3) at his one exit.
 */
#ifndef CODER_CREDENTIAL_H
#define CODER_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "sql/policy.h"

/* Longest password in octets with its NUL: CRYPT_MAX_PASSPHRASE_SIZE of crypt(3),
 * PAM_MAX_RESP_SIZE. */
enum { CREDENTIAL_SIZE = 512 };

/* Five groups of four from 31 letters and digits: 99 bits, one dash between groups. */
enum { CREDENTIAL_GENERATED_SIZE = 5 * 5 };

enum credential_weakness {
    CREDENTIAL_FINE,
    CREDENTIAL_EMPTY,
    CREDENTIAL_TOO_LONG,
    CREDENTIAL_TOO_SHORT,
    CREDENTIAL_HAS_NAME, /* the username, or the e-mail's local part, is in it */
    CREDENTIAL_COMMON,
    CREDENTIAL_SAME,     /* as the current one: found by whoever can verify it */
    CREDENTIAL_USED      /* one of the last N */
};

/* The library's preferred method (crypt_preferred_method(3), yescrypt) and its default cost, salt
 * from the kernel. False when the library fails or the password is empty or too long. */
bool credential_hash(const char *password, char ret[ACCOUNT_HASH_SIZE]);

/* True if the password makes this hash; compared in constant time. Empty hash: false after the same
 * work as for a present one. One of another method or cost than credential_hash's is computed in a child with
 * limits (hashing.h). */
bool credential_verify(const char *password, const char *hash);

/* The same; *ret_unusable: false because the hash, of another cost than ours, cannot be computed, or not within
 * 3 s of the processor and 192 MiB. */
bool credential_verify_within(const char *password, const char *hash, bool *ret_unusable);

/* The work of one credential_verify against a hash that nothing matches. */
void credential_verify_nothing(const char *password);

/* True when credential_hash would make a stronger hash: another method than the preferred one, one
 * that crypt_checksalt(3) calls legacy, or the preferred one at a lower cost. Dearer ones are left
 * alone. */
bool credential_is_outdated(const char *hash);

enum credential_form { CREDENTIAL_BROKEN, CREDENTIAL_WEAK, CREDENTIAL_SOUND };

/* What a hash from elsewhere looks like: whole, of a method of crypt(5) that this library has and that
 * is no worse than MD5 (WEAK: one that crypt_checksalt(3) calls legacy). Nothing is hashed. */
enum credential_form credential_form(const char *hash);

/* The length of method and cost in a hash of a good form, the part that many hashes share. */
size_t credential_parameters_length(const char *hash);

/* True when crypt(3) can compute this hash in a child with 20 times the processor's time of a credential_hash
 * (never more than half of what a login may take) and 192 MiB. */
bool credential_is_affordable(const char *hash);

/* A temporary password: getrandom(2), unbiased, no look-alikes (0O1lI and the like). False when the
 * kernel gives no randomness. */
bool credential_generate(char ret[CREDENTIAL_GENERATED_SIZE]);

/* The rules that need no hash: length in characters (policy), username, e-mail, commonest
 * passwords. */
enum credential_weakness credential_weakness(const char *password, const struct account *account,
                                             const struct policy *policy);

#endif
