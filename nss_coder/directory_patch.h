/*
 * One change patched into a copy of the file.
 */
#ifndef CODER_DIRECTORY_PATCH_H
#define CODER_DIRECTORY_PATCH_H

#include "directory.h"

/*
 * Make the file at fd (the caller's: empty, open for reading and writing) what a writer given every
 * user anew would have written for readers, and fsync it: the file at `path` copied by the kernel,
 * with this change in it. For files whose users, and whose groups' members, are in the order of
 * their uids. OK; anything else means that the whole file has to be written instead, into fd
 * truncated: the old file is not to be trusted, of another generation or frame, damaged where it
 * matters, does not show `before`, or is full.
 */
enum directory_result directory_patch(const char *path, int fd,
                                      const struct directory_patch *patch);

#endif
