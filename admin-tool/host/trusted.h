/*
 * Names and ids that rules of this machine trust, be there such a user or group or not.
 */
#ifndef CODER_TRUSTED_H
#define CODER_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each user and group that a rule of sudo's is for or polkit's name, with the file: "bob", or "#27" by id; some more than
 * once. Reads files: not under a lock. */
void trusted_walk(void (*found)(void *context, const char *name, const char *path), void *context);

/* Would a user of this name (NULL: any) or id (0: any), or the private group, be trusted? The file, cut to size. */
bool trusted_find(const char *username, uint32_t id, char *ret_path, size_t size);

#endif
