/*
 * directory_mark.h - the mark in the published directory file, and putting the next one in its place.
 */
#ifndef CODER_DIRECTORY_MARK_H
#define CODER_DIRECTORY_MARK_H

#include <stdbool.h>

/*
 * Rename `from`, a finished file, over `path`: every lookup that begins when this has returned is
 * answered from it. Where the file at path is ours and cannot be marked, this takes as long as readers
 * may go without a look (a little over DIRECTORY_LOOK_MS). False with errno: it was not renamed; readers of a
 * marked file look at the path each time. One at a time: the caller holds a lock.
 */
bool directory_replace(const char *from, const char *path);

/*
 * Set the mark of the file at path, for whoever has it mapped: from now on he looks at the path on
 * every lookup. False with errno: no file of ours is there (ENOENT), it cannot be written, or who has
 * it mapped does not see it (ESTALE).
 */
bool directory_mark(const char *path);

/* Clear it in a copy that nobody reads yet. False with errno. */
bool directory_unmark(int fd);

#endif
