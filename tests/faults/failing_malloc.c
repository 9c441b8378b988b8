/*
 * Preloaded into a program: its Nth allocation fails, N in the file /run/faults/malloc (0: none), and says so by
 * emptying that file. The environment is no place for N: the programs under test clear theirs.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT_FILE "/run/faults/malloc"

static long left = -1; /* -1: not read yet */

static void read_count(void)
{
    char text[16] = "";
    int fd = open(COUNT_FILE, O_RDONLY | O_CLOEXEC);

    left = 0;
    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
        left = strtol(text, NULL, 10);
    if (fd >= 0)
        close(fd);
}

static int is_to_fail(void)
{
    int fd;

    if (left == -1)
        read_count();
    if (left == 0 || --left > 0)
        return 0;
    fd = open(COUNT_FILE, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    errno = ENOMEM;
    return 1;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    return is_to_fail() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    return is_to_fail() ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
    return is_to_fail() ? NULL : __libc_realloc(old, size);
}
