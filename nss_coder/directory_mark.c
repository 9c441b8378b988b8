/*
 * directory_mark.c - the one word that is written into a published directory file.
 */
#include "directory_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "directory.h"
#include "directory_map.h"

static bool put(int fd, uint32_t mark)
{
    ssize_t written;
    do
        written = pwrite(fd, &mark, sizeof(mark), DIRECTORY_MARK);
    while (written < 0 && errno == EINTR);
    return written == (ssize_t)sizeof(mark);
}

/* Nothing else that may lie in its place is written to, and the file does not grow. */
static bool is_ours(int fd)
{
    struct stat file;
    if (fstat(fd, &file) != 0)
        return false;
    errno = ENOENT;
    return S_ISREG(file.st_mode) && file.st_uid == (uid_t)CODER_OWNER_UID
        && file.st_size >= DIRECTORY_BLOCK;
}

static int open_it(const char *path, int how)
{
    return open(path, how | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
}

/* The page with the mark as a reader has it. */
static const unsigned char *map_as_readers(const char *path)
{
    int fd = open_it(path, O_RDONLY);
    if (fd < 0) {
        errno = errno == ELOOP ? ENOENT : errno;
        return NULL;
    }
    void *page = is_ours(fd) ? mmap(NULL, DIRECTORY_BLOCK, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    int error = errno;
    close(fd);
    errno = error;
    return page != MAP_FAILED ? page : NULL;
}

static bool set(const char *path)
{
    int fd = open_it(path, O_WRONLY);
    if (fd < 0)
        return false;
    bool marked = is_ours(fd) && put(fd, 1);
    int error = errno;
    close(fd);
    errno = error;
    return marked;
}

/* On an overlay the file that is written to may be another than readers have mapped, which was below. */
bool directory_mark(const char *path)
{
    const unsigned char *page = map_as_readers(path);
    if (page == NULL)
        return false;
    bool marked = set(path);
    int error = errno;
    if (marked && *(const volatile uint32_t *)(const void *)(page + DIRECTORY_MARK) == 0) {
        marked = false;
        error = ESTALE;
    }
    munmap((void *)page, DIRECTORY_BLOCK);
    errno = error;
    return marked;
}

bool directory_unmark(int fd)
{
    return put(fd, 0);
}

static void wait_until_all_looked(void)
{
    struct timespec left = {DIRECTORY_LOOK_MS / 1000, 100000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

bool directory_replace(const char *from, const char *path)
{
    bool marked = directory_mark(path) || errno == ENOENT;
    if (rename(from, path) != 0)
        return false;
    if (!marked)
        wait_until_all_looked();
    return true;
}
