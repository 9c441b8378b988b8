/*
 * Reading and writing all of it.
 */
#ifndef CODER_HOST_DESCRIPTOR_H
#define CODER_HOST_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

/* All of it, whatever signals come; false with errno (0 where reading: the end came first). */
bool descriptor_write(int fd, const void *bytes, size_t size);
bool descriptor_read(int fd, void *ret, size_t size);

#endif
