/*
 * Reading and writing all of it.
 */
#ifndef CODER_HOST_DESCRIPTOR_H
#define CODER_HOST_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All of it, whatever signals come; false with errno (0 where reading: the end came first). */
bool descriptor_write(int fd, const void *bytes, size_t size);
bool descriptor_read(int fd, void *ret, size_t size);

/* To its end, but no more than `size` octets: how many; -1 with errno. */
ssize_t descriptor_read_some(int fd, char *ret, size_t size);

#endif
