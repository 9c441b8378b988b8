/*
 * The ssh keys of an account against those that a file has.
 */
#ifndef CODER_IMPORT_KEY_DIFFERENCE_H
#define CODER_IMPORT_KEY_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/ssh_key_set.h"
#include "sql/store.h"

struct key_difference {
    struct ssh_key_set come; /* those to be added ... */
    char gone[SSH_KEYS_NAMES_SIZE]; /* ... behind the removal of these fingerprints; a key with other options is in both */
    bool fits; /* an account may have so many */
};

/* text: a line for each, "" for none. whole: keys that are not in it are to go. ret is to be freed in every case. */
enum store_result key_difference_find(struct store *store, uint32_t uid, const char *text, bool whole,
                                      struct key_difference *ret);
void key_difference_free(struct key_difference *difference);

/* In a transaction. */
enum store_result key_difference_remove(struct store *store, uint32_t uid, const struct key_difference *difference);

#endif
