/*
 * directory_writer.h - what directory_write.c collects and directory_finish.c writes.
 *
 * Private to the writer's files: sections that grow in memory, in the format of directory.h, and
 * what directory_patch.c needs to write the same.
 */
#ifndef CODER_DIRECTORY_WRITER_H
#define CODER_DIRECTORY_WRITER_H

#include "directory.h"

struct section {
    unsigned char *data;   /* from realloc, so aligned for records and slots */
    size_t used, capacity; /* bytes */
};

/*
 * Until directory_writer_finish() offsets begin at a record's `near` or at the heap, a group's
 * list_offset is where its member uids wait in `members`, and checksums are still 0.
 */
struct directory_writer {
    uint64_t generation, frame;
    struct section sections[DIRECTORY_SECTIONS];
    struct section members;
};

/* The rules of directory_writer_add_user. */
bool directory_user_is_valid(const struct directory_user *user);

/* The four strings one behind the other: how long, or 0 when that is too long. */
size_t directory_text_make(const char *const strings[4], char ret[DIRECTORY_TEXT_MAX],
                           uint16_t ret_lengths[4]);

/* Room for a member list of this length, so that it may grow by some names where it is. */
size_t directory_list_room(size_t length);

/* What an item of each section takes, bytes. */
extern const size_t directory_item_sizes[DIRECTORY_SECTIONS];

/* Where everything goes, and how long the file will be. */
void directory_lay_out(const struct directory_writer *writer, struct directory_header *header);

/* Write and fsync the file. False with errno. */
bool directory_emit(const struct directory_writer *writer, struct directory_header *header, int fd);

/* Make room for length more bytes; earlier pointers into data become invalid. What is not used
 * yet is not touched: at a million users that is most of the memory. */
bool directory_section_reserve(struct section *section, size_t length);

/* Append to reserved room. data may lie in the section itself. */
void directory_section_add(struct section *section, const void *data, size_t length);

/* Append zeros to reserved room. */
void directory_section_skip(struct section *section, size_t length);

#endif
