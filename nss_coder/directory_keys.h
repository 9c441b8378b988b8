/*
 * A user's keys, read from the directory file. libc only, and not part of the NSS module.
 */
#ifndef CODER_DIRECTORY_KEYS_H
#define CODER_DIRECTORY_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "directory.h"

/*
 * The keys that let this user (an entry of the same view) in at `now`, seconds since 1970:
 * authorized_keys lines, a newline behind each, *ret_length bytes without a NUL. OK; NOT_FOUND when
 * there are none, or the user is suspended, shut or expired; UNAVAILABLE when damage hides them. ret
 * is in disorder unless OK.
 */
enum directory_result directory_user_keys(const struct directory_view *view,
                                          const struct directory_entry *user, int64_t now,
                                          char ret[DIRECTORY_KEYS_MAX], size_t *ret_length);

/* The keys that the file has for this uid, whether or not they let anybody in, and their end. */
enum directory_result directory_keys_of(const struct directory_view *view, uint32_t uid,
                                        char ret[DIRECTORY_KEYS_MAX], size_t *ret_length,
                                        int64_t *ret_until);

/* Where the keys lie, inside the file: OK; NOT_FOUND when the file has none; UNAVAILABLE. */
enum directory_result directory_extension_load(const struct directory_view *view,
                                               struct directory_extension *ret);

#endif
