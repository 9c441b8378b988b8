/*
 * A file that was named on the command line: opened without waiting for anybody.
 */
#include "given_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* One that has a place in a file system; a pipe of the shell's is in the kernel's own. */
static bool is_fifo(int fd)
{
    struct statfs system;
    struct stat file;

    return fstat(fd, &file) == 0 && S_ISFIFO(file.st_mode) &&
           (fstatfs(fd, &system) != 0 || system.f_type != PIPEFS_MAGIC);
}

const char *given_file_open(int folder, const char *path, int *ret)
{
    int fd = openat(folder, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    int flags = fd != -1 ? fcntl(fd, F_GETFL) : -1;
    const char *fault = NULL;

    if (flags == -1 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0)
        fault = strerror(errno);
    else if (is_fifo(fd))
        fault = "it is a FIFO, which may never answer; give - and redirect it";
    if (fault == NULL)
        *ret = fd;
    else if (fd != -1)
        close(fd);
    return fault;
}
