/*
 * Whole reads and writes: of short counts and of signals in between nobody else need know.
 */
#include "descriptor.h"

#include <errno.h>
#include <unistd.h>

bool descriptor_write(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t count = write(fd, next, size);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        next += count;
        size -= (size_t)count;
    }
    return true;
}

bool descriptor_read(int fd, void *ret, size_t size)
{
    char *next = ret;

    while (size > 0) {
        ssize_t count = read(fd, next, size);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        next += count;
        size -= (size_t)count;
    }
    return true;
}
