/*
 * directory_patching.h - what a patch is made of; private to directory_patch*.c.
 *
 * The principle: whoever writes into the copy does it through the functions here, which keep the
 * body's checksum right. False from any of them: give up and write the whole file.
 */
#ifndef CODER_DIRECTORY_PATCHING_H
#define CODER_DIRECTORY_PATCHING_H

#include "directory_reader.h"
#include "directory_writer.h"

struct directory_patching {
    int fd;
    struct directory_view view;     /* of fd: sees what is written here, its header excepted */
    struct directory_header header; /* as it will be written, last */
};

/* -- directory_patch_bytes.c ---- */

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

/* -- directory_patch_users.c ---- */

/* directory_patch's before and after. */
bool patching_change_user(struct directory_patching *patching, const struct directory_user *before,
                          const struct directory_user *after);

/* -- directory_patch_members.c ---- */

/* One group's list with or without the user. */
bool patching_change_group(struct directory_patching *patching, uint32_t gid,
                           const struct directory_user *user, bool joins);

#endif
