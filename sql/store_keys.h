/*
 * The ssh keys of accounts.
 */
#ifndef CODER_STORE_KEYS_H
#define CODER_STORE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "ssh_key.h"
#include "ssh_key_set.h"
#include "store.h"

struct account_key {
    char fingerprint[SSH_KEY_FINGERPRINT_SIZE];
    char line[SSH_KEY_LINE_SIZE];
    int64_t added_at;
};

struct store_keys_count {
    size_t keys, octets; /* of the lines, with a newline each */
};

/* All of an account, each a line of authorized_keys (sshd(8)) ended by a newline, in the order in which they were
 * added; "" when there is none. *ret is to be freed with store_text_free. */
enum store_result store_keys_text(struct store *store, uint32_t uid, char **ret);

/* The same as a JSON array of lines. */
enum store_result store_keys_json(struct store *store, uint32_t uid, char **ret);

/* Up to `size` keys of an account in the order in which they were added; *ret is how many. */
enum store_result store_keys_read(struct store *store, uint32_t uid, struct account_key *keys, size_t size,
                                  size_t *ret);

enum store_result store_keys_count(struct store *store, uint32_t uid, struct store_keys_count *ret);

/* How many accounts have keys, and the octets of all keys' lines, with a newline each. */
enum store_result store_keys_owners(struct store *store, int64_t *ret);
enum store_result store_keys_octets(struct store *store, int64_t *ret);

/* The lowest uid above `after` of an account with keys: NOT_FOUND when there is none. */
enum store_result store_keys_next(struct store *store, uint32_t after, uint32_t *ret);

/* OK when the account has it, NOT_FOUND when not. */
enum store_result store_key_find(struct store *store, uint32_t uid, const char *fingerprint);

/* Those of the keys that the account has not yet. REFUSED when there would be more than it may have; then some may
 * have been added, and the transaction is to be rolled back. */
enum store_result store_keys_add(struct store *store, uint32_t uid, const struct ssh_key_set *keys, int64_t now);

/* NOT_FOUND when the account has no such key. */
enum store_result store_key_remove(struct store *store, uint32_t uid, const char *fingerprint);

#endif
