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

ssize_t descriptor_read_some(int fd, char *ret, size_t size)
{
    size_t used = 0;
    ssize_t count = 1;

    while (count > 0 && used < size) {
        count = read(fd, ret + used, size - used);
        if (count < 0 && errno == EINTR)
            count = 1;
        else if (count > 0)
            used += (size_t)count;
    }
    return count < 0 ? -1 : (ssize_t)used;
}
