/*
 * Waiting for a lock: patience with those who work, none with those who were stopped. Only root's
 * processes can hold a lock on our files. Ours end themselves at their deadline, so nobody has to
 * guess here how long one has been at it, or whether it is still the same hold: what is no program of
 * ours (an administrator's sqlite3) is left alone, and "busy" is the answer.
 */
#include "holder.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"

enum { PATIENCE_MS = 1000, STEP_MS = 10 };

static int limit_ms = HOLDER_WAIT_MS;

void holder_set_patience(int milliseconds)
{
    limit_ms = milliseconds;
}

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A process with a lock on any octet, 0 if there is none or it is out of sight. */
static pid_t find_holder(int fd)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK || lock.l_pid <= 0)
        return 0;
    return lock.l_pid;
}

/* The first `size` - 1 octets of a file as text; false when it cannot be read. */
static bool read_text(const char *path, char *ret, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (fd < 0)
        return false;
    got = read(fd, ret, size - 1);
    close(fd);
    ret[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* proc(5): field `number` of /proc/PID/stat, from the third on: they begin behind the last parenthesis of the
 * name. False when there is no such process. */
static bool read_field(pid_t pid, int number, char ret[32])
{
    char path[64], text[1024];
    const char *field;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (!read_text(path, text, sizeof text))
        return false;
    field = strrchr(text, ')');
    for (int i = 2; field != NULL && i < number; i++) {
        field = strchr(field, ' ');
        field = field != NULL ? field + 1 : NULL;
    }
    if (field == NULL)
        return false;
    snprintf(ret, 32, "%.*s", (int)strcspn(field, " "), field);
    return true;
}

static bool is_stopped(pid_t pid)
{
    char state[32];

    return read_field(pid, 3, state) && (state[0] == 'T' || state[0] == 't');
}

/* Killed, and not dead yet: field 31 has the pending signals. */
static bool is_dying(pid_t pid)
{
    char pending[32];

    return read_field(pid, 31, pending) && (strtoul(pending, NULL, 10) & 1UL << (SIGKILL - 1)) != 0;
}

/* A file of the process's control group, version 2: its own line in /proc/PID/cgroup begins with "0::". */
static bool find_group(const char *process, const char *file, char *ret, size_t size)
{
    char path[64], text[4096];
    char *group;

    snprintf(path, sizeof path, "/proc/%s/cgroup", process);
    if (!read_text(path, text, sizeof text) || (group = strstr(text, "0::/")) == NULL)
        return false;
    group[strcspn(group, "\n")] = '\0';
    return snprintf(ret, size, "/sys/fs/cgroup%s/%s", group + 3, file) < (int)size;
}

static bool is_frozen(pid_t pid)
{
    char path[4200], text[4096];

    snprintf(text, sizeof text, "%d", (int)pid);
    return find_group(text, "cgroup.events", path, sizeof path) &&
           read_text(path, text, sizeof text) && strstr(text, "frozen 1") != NULL;
}

/* Who was killed needs a processor to end, which his control group may not give him (cpu.max, before
 * Linux 6.18): so he ends in ours. */
static void take_in(pid_t pid)
{
    char path[4200];
    int fd;

    if (!find_group("self", "cgroup.procs", path, sizeof path) ||
        (fd = open(path, O_WRONLY | O_CLOEXEC)) < 0)
        return;
    dprintf(fd, "%d", (int)pid);
    close(fd);
}

static void end_stalled_holder(int fd)
{
    pid_t pid = fd >= 0 ? find_holder(fd) : 0;
    int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;

    if (pidfd < 0)
        return;
    /* asked once more: the number may have been another process's when the pidfd was made */
    if (find_holder(fd) == pid && (is_stopped(pid) || is_frozen(pid)))
        syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    if (is_dying(pid))
        take_in(pid);
    close(pidfd);
}

int holder_wait(void *context, int tries)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
    struct holder *holder = context;
    int64_t now = milliseconds();

    if (tries == 0)
        holder->since = now;
    if (now - holder->since >= limit_ms)
        return 0;
    if (now - holder->since >= PATIENCE_MS) {
        if (holder->fd < 0)
            holder->fd = open(holder->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        end_stalled_holder(holder->fd);
    }
    deadline_renew(0);
    nanosleep(&step, NULL);
    return 1;
}
