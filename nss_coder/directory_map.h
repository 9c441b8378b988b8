/*
 * The directory file's bytes, found, judged and kept for the reader.
 */
#ifndef CODER_DIRECTORY_MAP_H
#define CODER_DIRECTORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "directory.h"

/* In milliseconds: what others than our publisher put in the file's place is seen by lookups so late. */
#define DIRECTORY_LOOK_MS 1000

/*
 * Look at the file as it is now. UNAVAILABLE also for a symbolic link, for anything but a regular
 * file, for one that group or others may write and for an owner other than CODER_OWNER_UID (or
 * 65534 in a user namespace that does not map every id, user_namespaces(7)). After OK the caller
 * closes the view. errno is not preserved.
 */
enum directory_result directory_view_open(const char *path, struct directory_view *ret);

/*
 * For a lookup: the hash of a name or id, in this table. The path is looked at when the file says that
 * it is being replaced (directory_mark), or when nobody in this process looked for a second: so our
 * publications are seen at once, and what anybody else puts there within a second.
 */
enum directory_result directory_view_open_for(const char *path, enum directory_section table,
                                              uint64_t hash, struct directory_view *ret);
void directory_view_close(struct directory_view *view);

/* The file at path opened as a view would, judged by the same rules: OK and a descriptor that the
 * caller closes. */
enum directory_result directory_open_file(const char *path, int *ret_fd, struct stat *ret_file);

/* A view of what is behind this descriptor, whoever owns it, read as it is at each look. The
 * descriptor stays the caller's: there is nothing to close. */
enum directory_result directory_view_of(int fd, struct directory_view *ret);

uint64_t directory_view_generation(const struct directory_view *view);

/* Says the file that it is being replaced? */
bool directory_view_is_marked(const struct directory_view *view);

/* Does this view hold a descriptor (mmap failed)? Then it must not outlive the host's call. */
bool directory_view_holds_descriptor(const struct directory_view *view);

/* The checked header; it lives as long as the view. */
const struct directory_header *directory_view_header(const struct directory_view *view);

/*
 * The bytes at this offset of the file: inside the map, or copied to scratch (length bytes, the
 * caller's). NULL when they are not all inside the file or cannot be read.
 */
const void *directory_view_bytes(const struct directory_view *view, uint64_t offset, size_t length,
                                 void *scratch);

/* What was looked at counts as this process's memory no more, until it is looked at again: for who goes through a long
 * file. */
void directory_view_let_go(const struct directory_view *view);

/* Read the whole file and compare its checksum: OK or UNAVAILABLE. For check, publish and boot. */
enum directory_result directory_view_check_whole(const struct directory_view *view);

#endif
