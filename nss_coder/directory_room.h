/*
 * Room in a file that is being written.
 */
#ifndef CODER_DIRECTORY_ROOM_H
#define CODER_DIRECTORY_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "directory.h"
#include "directory_writer.h"

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
