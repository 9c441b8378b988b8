/*
 * Work that may hang is done by a child and waited for with a deadline. A disk that does not answer may keep
 * even a killed process: so nobody waits for its end either.
 */
#include "deputy.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "descriptor.h"

enum { REAP_LOOKS = 100, REAP_LOOK_NS = 1000 * 1000 };

/* -- the child ---------------------------------------------------------------------------- */

static void normal_signals(void)
{
    struct sigaction normal = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        sigaction(i, &normal, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing of ours stays open in it, should it hang: `fd` alone, moved above the three of stdio. */
static int keep_only(int fd)
{
    int kept = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    for (int other = 0; other < kept; other++)
        close(other);
    close_range((unsigned)kept + 1, ~0U, 0);
    return kept;
}

static void serve(deputy_work *work, const void *context, size_t size, unsigned seconds, int pipe_end)
{
    void *answer = calloc(1, size);
    int told = keep_only(pipe_end);

    normal_signals();
    alarm(seconds + 1); /* should nobody be there to end it */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (answer == NULL || told == -1)
        _exit(1);
    work(context, answer);
    _exit(descriptor_write(told, answer, size) ? 0 : 1);
}

/* -- its parent --------------------------------------------------------------------------- */

static int64_t clock_ms(void)
{
    struct timespec now = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool receive(int fd, char *ret, size_t size, int64_t until)
{
    struct pollfd answer = { .fd = fd, .events = POLLIN };
    size_t used = 0;
    int64_t left;

    while (used < size && (left = until - clock_ms()) > 0) {
        ssize_t count;

        if (poll(&answer, 1, (int)left) != 1)
            continue; /* a signal, or the time is over */
        count = read(fd, ret + used, size - used);
        if (count <= 0)
            return false;
        used += (size_t)count;
    }
    return used == size;
}

static void end_child(pid_t child)
{
    static const struct timespec look = { 0, REAP_LOOK_NS };

    kill(child, SIGKILL);
    for (int i = 0; i < REAP_LOOKS && waitpid(child, NULL, WNOHANG) == 0; i++)
        nanosleep(&look, NULL);
}

bool deputy_ask(deputy_work *work, const void *context, void *ret, size_t size, unsigned seconds)
{
    int64_t until = clock_ms() + (int64_t)seconds * 1000;
    char *answer = malloc(size);
    bool answered = false;
    int ends[2];
    pid_t child;

    if (answer == NULL || pipe2(ends, O_CLOEXEC) != 0) {
        free(answer);
        return false;
    }
    fflush(NULL); /* or the child would have our unwritten output, too */
    child = fork();
    if (child == 0)
        serve(work, context, size, seconds, ends[1]);
    close(ends[1]);
    if (child > 0) {
        answered = receive(ends[0], answer, size, until);
        end_child(child);
    }
    close(ends[0]);
    if (answered)
        memcpy(ret, answer, size);
    free(answer);
    return answered;
}
