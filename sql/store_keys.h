/*
 * The ssh keys of accounts.
 */
#ifndef CODER_STORE_KEYS_H
#define CODER_STORE_KEYS_H

#include <stdint.h>

#include "store.h"

/* All of an account, each a line of authorized_keys (sshd(8)) ended by a newline, in the order in which they were
 * added; "" when there is none. *ret is to be freed with store_text_free. */
enum store_result store_keys_text(struct store *store, uint32_t uid, char **ret);

#endif
