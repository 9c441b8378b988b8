/*
 * The end of writing: tables, checksums, fsync.
 */
#ifndef CODER_DIRECTORY_FINISH_H
#define CODER_DIRECTORY_FINISH_H

#include <stddef.h>

#include "directory.h"
#include "directory_writer.h"

/*
 * Complete the file and fsync it. OK; REFUSED when a name or id occurs twice, among users, groups
 * and private groups together; NO_RESOURCES; FAILED with errno. Until OK no reader would take the
 * file. Call it once; only directory_writer_free() may follow.
 */
enum directory_result directory_writer_finish(struct directory_writer *writer);

/* Room for a member list of this length, so that it may grow by some names where it is. */
size_t directory_list_room(size_t length);

#endif
