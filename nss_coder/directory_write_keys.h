/*
 * Users' keys in a directory file that is being written.
 */
#ifndef CODER_DIRECTORY_WRITE_KEYS_H
#define CODER_DIRECTORY_WRITE_KEYS_H

#include <stdbool.h>

#include "directory.h"
#include "directory_writer.h"

/* Is there room for this valid user's keys, by the plan, and has nobody with a higher uid any? */
bool directory_keys_fit(const struct directory_writer *writer, const struct directory_user *user);

/* Add keys that fit. */
void directory_keys_add(struct directory_writer *writer, const struct directory_user *user);

/* The extension behind the header, where the file has keys. */
void directory_keys_seal(struct directory_writer *writer);

#endif
