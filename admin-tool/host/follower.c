/*
 * A POSIX lock: unlike flock(2)'s it is this process's alone, and not of the child that ends sessions after it.
 */
#include "follower.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_PATH CODER_RUN_DIR "/follow.lock"

enum { TRIES = 50, STEP_MS = 100 };

static int set_lock(int fd, int command, short *ret_type)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int result = fcntl(fd, command, &whole);

    *ret_type = whole.l_type;
    return result;
}

/* Never closed: that would end the lock. */
static int open_lock(void)
{
    if (mkdir(CODER_RUN_DIR, 0755) == 0)
        chmod(CODER_RUN_DIR, 0755); /* helper.sock is for everybody, whatever our umask */
    return open(LOCK_PATH, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

bool follower_begin(void)
{
    int fd = open_lock();
    short type;

    if (fd == -1)
        return false;
    for (int i = 0; i < TRIES; i++) {
        if (set_lock(fd, F_SETLK, &type) == 0)
            return true;
        if (errno != EAGAIN && errno != EACCES)
            return false;
        poll(NULL, 0, STEP_MS);
    }
    errno = EAGAIN;
    return false;
}

bool follower_runs(void)
{
    int fd = open(LOCK_PATH, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    short type = F_UNLCK;
    bool runs = fd != -1 && set_lock(fd, F_GETLK, &type) == 0 && type != F_UNLCK;

    if (fd != -1)
        close(fd);
    return runs;
}
