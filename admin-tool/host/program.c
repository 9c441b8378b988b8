/*
 * Other programs, run with nothing of ours and not waited for without an end.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CAPTURE_WAIT_MS = 10 * 1000, RUN_WAIT_MS = 10 * 1000 };

/* in, out: where its input comes from and its output goes, -1: nowhere. */
static void become(char *const argv[], int in, int out)
{
    static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL }; /* sudo 1.9.16 crashes without any */
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t none;

    if (null == -1)
        _exit(127);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (dup2(fd == STDOUT_FILENO && out != -1 ? out : fd == STDIN_FILENO && in != -1 ? in : null, fd) == -1)
            _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execve(argv[0], argv, environment);
    _exit(127);
}

/* False when it does not end within the time. */
static bool ends(pid_t child, int milliseconds)
{
    struct pollfd wait = { .fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN };
    bool ended = wait.fd != -1 && poll(&wait, 1, milliseconds) == 1;

    if (wait.fd != -1)
        close(wait.fd);
    return ended;
}

bool host_succeeds(char *const argv[], int milliseconds)
{
    int status = -1;
    pid_t child;

    if (access(argv[0], X_OK) != 0)
        return false;
    fflush(NULL); /* or the child would have our unwritten output, too */
    child = fork();
    if (child == 0)
        become(argv, -1, -1);
    if (child > 0 && !ends(child, milliseconds))
        kill(child, SIGKILL);
    while (child > 0 && waitpid(child, &status, 0) == -1 && errno == EINTR)
        continue;
    return status == 0;
}

void host_run(char *const argv[])
{
    host_succeeds(argv, RUN_WAIT_MS);
}

/* What comes out of fd, cut to size; false when it does not end within the time. */
static bool drain(int fd, char *ret, size_t size)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    char rest[4096];
    size_t used = 0;
    ssize_t count = 1;

    while (count > 0) {
        bool full = used + 1 >= size;

        if (poll(&wait, 1, CAPTURE_WAIT_MS) != 1)
            return false;
        count = full ? read(fd, rest, sizeof rest) : read(fd, ret + used, size - used - 1);
        if (count > 0 && !full)
            used += (size_t)count;
    }
    ret[used] = '\0';
    return count == 0;
}

bool host_capture(char *const argv[], char *ret, size_t size)
{
    int ends[2], status = -1;
    bool whole;
    pid_t child;

    if (access(argv[0], X_OK) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    fflush(NULL);
    child = fork();
    if (child == 0)
        become(argv, -1, ends[1]);
    close(ends[1]);
    whole = child > 0 && drain(ends[0], ret, size);
    close(ends[0]);
    if (child > 0 && !whole)
        kill(child, SIGKILL);
    while (child > 0 && waitpid(child, &status, 0) == -1 && errno == EINTR)
        continue;
    return whole && status == 0;
}

pid_t host_begin(char *const argv[], int fd)
{
    pid_t child;

    if (access(argv[0], X_OK) != 0)
        return -1;
    fflush(NULL);
    child = fork();
    if (child == 0)
        become(argv, fd, fd);
    return child;
}

void host_end(pid_t program)
{
    if (program <= 0)
        return;
    kill(program, SIGKILL);
    while (waitpid(program, NULL, 0) == -1 && errno == EINTR)
        continue;
}
