/*
 * Octets of a copy read and changed, with the body's checksum kept right.
 */
#ifndef CODER_DIRECTORY_PATCH_BYTES_H
#define CODER_DIRECTORY_PATCH_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "directory.h"
#include "directory_patching.h"

/* The kernel's copy of the file at path, trusted as a reader would, into fd. */
bool patching_copy(const char *path, int fd);

bool patching_read(const struct directory_patching *patching, uint64_t at, void *ret,
                   size_t length);
bool patching_put_record(struct directory_patching *patching, enum directory_section records,
                         uint64_t index, const struct directory_record *record);
bool patching_put_slot(struct directory_patching *patching, enum directory_section table,
                       uint64_t number, const struct directory_slot *slot);

/* Into what the heap holds already. data NULL: zeros. */
bool patching_put_heap(struct directory_patching *patching, uint64_t offset, const void *data,
                       size_t length);

/* Give up a room of the heap, if there is one: zeros, and dead. */
bool patching_release(struct directory_patching *patching, uint64_t offset, uint32_t *room);

/* Put a text or list where it was or, where it does not fit, at the end of the heap with new_room;
 * what is behind it, or was there before, becomes zero. offset, room: the record's. */
bool patching_replace(struct directory_patching *patching, uint64_t *offset, uint32_t *room,
                      const void *data, size_t length, size_t new_room);

/* Write the header. */
bool patching_seal(struct directory_patching *patching);

/* What a reader does not check, because it never writes: the room behind text and list. */
bool patching_rooms_are_sound(const struct directory_patching *patching,
                              const struct directory_record *record);

#endif
