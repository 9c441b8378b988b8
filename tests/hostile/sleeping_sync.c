/*
 * Preloaded into a program: its first fsync(2) or fdatasync(2) after SLEEP_AFTER others makes the file that
 * SLEEP_MARK names, and then sleeps for SLEEP_SECONDS, or makes the file SLEEP_IN. So the program is somewhere in the middle of a change,
 * alive, and not stopped.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *mark; /* NULL: slept already */
static const char *in;
static unsigned seconds, after;

/* Before the program clears its environment; the text itself stays. */
__attribute__((constructor)) static void read_environment(void)
{
    const char *time = getenv("SLEEP_SECONDS"), *others = getenv("SLEEP_AFTER");

    mark = getenv("SLEEP_MARK");
    in = getenv("SLEEP_IN");
    seconds = time != NULL ? (unsigned)atoi(time) : 3600;
    after = others != NULL ? (unsigned)atoi(others) : 0;
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
