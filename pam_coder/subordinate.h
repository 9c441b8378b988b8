/*
 * Subordinate user ids (subuid(5)): whoever has a range of them can be each of them, 65536 for nothing.
 */
#ifndef CODER_SUBORDINATE_H
#define CODER_SUBORDINATE_H

#include <stdbool.h>
#include <stdint.h>

#define SUBORDINATE_PATH "/etc/subuid"
enum { SUBORDINATE_OWNER_SIZE = 65 };

/* True when `uid` is in a range of the file; *ret is its owner as written there: a name or a number. A file
 * that cannot be read has no ranges. */
bool subordinate_owner(const char *path, uint32_t uid, char ret[SUBORDINATE_OWNER_SIZE]);

#endif
