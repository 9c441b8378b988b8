/*
 * On which mount something is, found out without asking its filesystem: one that never answers keeps nobody.
 */
#ifndef CODER_MOUNTED_H
#define CODER_MOUNTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The id of the mount that a descriptor (O_PATH will do) leads to: statx(2), before Linux 5.8
 * /proc/self/fdinfo (proc(5)). False when neither tells. */
bool mounted_id(int fd, uint64_t *ret);

/* The type of the filesystem of a mount ("ext4", "fuse.sshfs"; proc(5), mountinfo), cut to size. False: it is
 * gone, or nobody can tell. */
bool mounted_type(uint64_t mount, char *ret, size_t size);

/* Calls for each mount point that is visible here, outermost first, until a call says false. */
void mounted_each(bool (*look)(const char *point, void *context), void *context);

/* The entry `name` of an open folder with O_PATH, no link followed and nothing mounted by looking, if it is on
 * this mount. -1 with errno; EXDEV: on another one, or nobody can tell. */
int mounted_open_path(int folder, const char *name, uint64_t mount);

/* The same of a folder, to be read. */
int mounted_open_folder(int folder, const char *name, uint64_t mount);

#endif
