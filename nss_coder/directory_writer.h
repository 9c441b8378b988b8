/*
 * directory_writer.h - a directory file in the making; private to directory_write.c,
 * directory_room.c and directory_finish.c, but for what directory_patch.c needs to write the same.
 *
 * Every offset in a record is the final one from the start: the plan says where each section lies,
 * and only the heap, behind all others, grows.
 */
#ifndef CODER_DIRECTORY_WRITER_H
#define CODER_DIRECTORY_WRITER_H

#include "directory.h"

struct directory_writer {
    struct directory_plan plan;
    int fd;
    bool shared;         /* the mapping is the file itself, else memory that is written to it */
    unsigned char *file; /* `room` bytes, zero where nothing was put; moves when the heap grows */
    uint64_t room;
    struct directory_header header; /* in the making; a section's count is what is in it so far */
};

/* The four strings one behind the other: how long, or 0 when that is too long. */
size_t directory_text_make(const char *const strings[4], char ret[DIRECTORY_TEXT_MAX],
                           uint16_t ret_lengths[4]);

/* Room for a member list of this length, so that it may grow by some names where it is. */
size_t directory_list_room(size_t length);

/* What an item of each section takes, bytes. */
extern const size_t directory_item_sizes[DIRECTORY_SECTIONS];

/* -- directory_room.c ---- */

/* Lay the sections out and map the room for them: OK, REFUSED when the plan is too large,
 * NO_RESOURCES, FAILED with errno. */
enum directory_result directory_room_make(struct directory_writer *writer);

/* Room in the heap for so many bytes more; pointers into the file become invalid. Results as above. */
enum directory_result directory_room_reserve(struct directory_writer *writer, uint64_t length);

/* The file is as long as what is in it, and written as far as it is not mapped. False with errno. */
bool directory_room_end(struct directory_writer *writer);

void directory_room_free(struct directory_writer *writer);

/* Append to the reserved heap; where it went. data NULL: zeros. */
uint64_t directory_heap_add(struct directory_writer *writer, const void *data, size_t length);

#endif
