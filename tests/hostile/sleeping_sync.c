/*
 * Preloaded into a program: its first fsync(2) or fdatasync(2) after SLEEP_AFTER others makes the file that
 * SLEEP_MARK names, and then sleeps for SLEEP_SECONDS, or makes the file SLEEP_IN. So the program is somewhere in the middle of a change,
 * alive, and not stopped.
 *
 * Or a slow machine: each lock takes SLOW_LOCK_MS once the tool has its own, the only one on a whole file, for the
 * second time, which is when it changes something.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *mark; /* NULL: slept already */
static const char *in;
static unsigned seconds, after, slow_lock, tool_locks;

static unsigned number(const char *name)
{
    const char *text = getenv(name);

    return text != NULL ? (unsigned)atoi(text) : 0;
}

/* Before the program clears its environment; the text itself stays. */
__attribute__((constructor)) static void read_environment(void)
{
    mark = getenv("SLEEP_MARK");
    in = getenv("SLEEP_IN");
    seconds = getenv("SLEEP_SECONDS") != NULL ? number("SLEEP_SECONDS") : 3600;
    after = number("SLEEP_AFTER");
    slow_lock = number("SLOW_LOCK_MS");
}

static void take_time(unsigned milliseconds)
{
    const struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

static void sleep_once(void)
{
    const char *path = mark;

    if (path == NULL || after-- > 0)
        return;
    mark = NULL;
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (in != NULL)
        close(open(in, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    for (unsigned left = in == NULL ? seconds : 0; left > 0;)
        left = sleep(left);
}

__attribute__((visibility("default"))) int fsync(int fd);
__attribute__((visibility("default"))) int fdatasync(int fd);

int fsync(int fd)
{
    sleep_once();
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    sleep_once();
    return (int)syscall(SYS_fdatasync, fd);
}

/* Each operation's argument is one word; SQLite and the tool know the function by either name. */
__attribute__((visibility("default"))) int fcntl(int fd, int operation, ...);
__attribute__((visibility("default"))) int fcntl64(int fd, int operation, ...);

static int lock_slowly(int fd, int operation, void *argument)
{
    const struct flock *lock = argument;
    int result;

    if (operation != F_SETLK)
        return (int)syscall(SYS_fcntl, fd, operation, argument);
    take_time(tool_locks >= 2 ? slow_lock : 0);
    result = (int)syscall(SYS_fcntl, fd, operation, argument);
    tool_locks += result == 0 && lock->l_type == F_WRLCK && lock->l_start == 0 && lock->l_len == 0;
    return result;
}

int fcntl(int fd, int operation, ...)
{
    void *argument;
    va_list list;

    va_start(list, operation);
    argument = va_arg(list, void *);
    va_end(list);
    return lock_slowly(fd, operation, argument);
}

int fcntl64(int fd, int operation, ...)
{
    void *argument;
    va_list list;

    va_start(list, operation);
    argument = va_arg(list, void *);
    va_end(list);
    return lock_slowly(fd, operation, argument);
}
