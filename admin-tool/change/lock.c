/*
 * The tool lock. Under it nothing is written to a terminal, no program started, no NSS source and no log
 * daemon asked: each of them may keep us waiting for ever.
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/nscd.h"
#include "sql/deadline.h"
#include "sql/holder.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "terminal/say.h"

#define LOCK_PATH PRIVATE_DIR "/lock"

/* The lock's descriptor, or -1 with errno. */
static int open_lock(void)
{
    int fd = open(LOCK_PATH, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    struct stat st;

    if (fd == -1)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == CODER_OWNER_UID &&
        (st.st_mode & 077) == 0)
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}

/* The deadline runs from before it is taken. False with errno. */
static bool try_lock(int fd)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int error;

    if (!deadline_hold())
        return false;
    if (fcntl(fd, F_SETLK, &whole) == 0)
        return true;
    error = errno == EACCES ? EAGAIN : errno;
    deadline_drop();
    errno = error;
    return false;
}

/* A POSIX lock, which names its holder to whoever waits; closing any descriptor of the file would drop it,
 * so there is this one. False with errno, EAGAIN when another has it. */
bool lock_take(struct tool *tool, bool waits)
{
    struct holder holder = { .path = LOCK_PATH, .fd = open_lock() };
    int error;

    if (holder.fd == -1)
        return false;
    say_later(); /* what was said before goes out now, while nothing is held */
    for (int tries = 0; !try_lock(holder.fd); tries++) {
        error = errno;
        if (error == EAGAIN && waits && holder_wait(&holder, tries))
            continue;
        close(holder.fd);
        say_now();
        errno = error;
        return false;
    }
    tool->lock = holder.fd;
    return true;
}

void tool_unlock(struct tool *tool)
{
    if (tool->lock == -1)
        return;
    close(tool->lock);
    tool->lock = -1;
    deadline_drop();
    say_now();
    if (tool->tells_nscd)
        nscd_tell();
    tool->tells_nscd = false;
}

enum status tool_lock(struct tool *tool)
{
    if (lock_take(tool, true))
        return GO_ON;
    if (errno == EAGAIN)
        return tool_refuse_as(KIND_BUSY, NULL, NULL, "another admin-tool is at work; try again when it is done");
    if (errno == EROFS || errno == ENOSPC)
        return tool_store_status(tool, STORE_FULL, LOCK_PATH);
    return tool_refuse(STATUS_STORE, LOCK_PATH ": %s; it must be a file of root's alone (0600)",
                       strerror(errno));
}
