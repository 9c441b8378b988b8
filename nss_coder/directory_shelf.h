/*
 * directory_shelf.h - a map of the directory file that all threads share. Private to the reader.
 */
#ifndef CODER_DIRECTORY_SHELF_H
#define CODER_DIRECTORY_SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "directory.h"

/* The lane in which this thread counts itself; whoever took a shelf drops it in the same one. */
unsigned directory_lane(void);

/* Milliseconds, -1: not known. Without a system call where the kernel gives a vdso(7). */
int64_t directory_clock(void);

/* A map's bytes, or its descriptor, are given back. */
void directory_map_release(struct directory_map *map);

/* The current shelf, with one count for the caller; NULL when there is none. */
struct directory_shelf *directory_shelf_take(unsigned lane);
void directory_shelf_drop(struct directory_shelf *shelf, unsigned lane);

/* Share this map of a file that was at its path at `looked`: it is the current one now, with one count
 * for the caller. NULL when every shelf is taken. */
struct directory_shelf *directory_shelf_put(const struct directory_map *map, int64_t looked,
                                            unsigned lane);

/* While it is taken. */
const struct directory_map *directory_shelf_map(const struct directory_shelf *shelf);

/* The file is not marked as being replaced, and it is not DIRECTORY_LOOK_MS ago that somebody looked. */
bool directory_shelf_is_fresh(struct directory_shelf *shelf);

/* At `now` its file was the one at the path. */
void directory_shelf_looked(struct directory_shelf *shelf, int64_t now);

#endif
