/*
 * directory_writer.h - a directory file in the making; private to directory_write.c,
 * directory_room.c and directory_finish.c, but for what directory_patch.c needs to write the same.
 *
 * Every offset in a record is the final one from the start: the plan says where each section lies,
 * and only the heap, behind all others, grows.
 */
#ifndef CODER_DIRECTORY_WRITER_H
#define CODER_DIRECTORY_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "directory.h"

struct directory_writer {
    struct directory_plan plan;
    int fd;
    bool shared;         /* the mapping is the file itself, else memory that is written to it */
    unsigned char *file; /* `room` bytes, zero where nothing was put; moves when the heap grows */
    uint64_t room;
    struct directory_header header; /* in the making; a section's count is what is in it so far */
    struct directory_extension extension; /* the same */
};

/* What an item of each section takes, bytes. */
extern const size_t directory_item_sizes[DIRECTORY_SECTIONS];

#endif
