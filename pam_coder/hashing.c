/*
 * Hashing is libxcrypt's; ours is that what it works with is wiped, and that a hash from elsewhere, whose cost
 * nobody here chose, takes no more of the machine than its limits.
 */
#include "hashing.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sql/account.h"

_Static_assert(ACCOUNT_HASH_SIZE >= CRYPT_OUTPUT_SIZE, "a hash of crypt(3) fits an account");

bool hashing_run(const char *password, const char *setting, char ret[ACCOUNT_HASH_SIZE])
{
    struct crypt_data *data = calloc(1, sizeof *data); /* 32 KiB: not for a stack */
    const char *hash;
    bool made;

    if (data == NULL)
        return false;
    hash = crypt_rn(password, setting, data, sizeof *data);
    made = hash != NULL && hash[0] != '*' && strlen(hash) < ACCOUNT_HASH_SIZE;
    if (made)
        memcpy(ret, hash, strlen(hash) + 1);
    explicit_bzero(data, sizeof *data);
    free(data);
    return made;
}

int64_t hashing_clock(void)
{
    struct timespec taken = { 0 };

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &taken);
    return (int64_t)taken.tv_sec * 1000 + taken.tv_nsec / 1000000;
}

/* -- the child ---------------------------------------------------------------------------- */

/* The pages this process has now: the first number of /proc/self/statm (proc(5)), 0 when it is not told. */
static rlim_t pages_now(void)
{
    FILE *statm = fopen("/proc/self/statm", "re");
    char line[128] = "";

    if (statm != NULL && fgets(line, sizeof line, statm) == NULL)
        line[0] = '\0';
    if (statm != NULL)
        fclose(statm);
    return strtoul(line, NULL, 10);
}

/* SIGPROF, which ends it, is as fine as the kernel's tick; RLIMIT_CPU is there if that should fail. */
static bool limit(int64_t milliseconds)
{
    const rlim_t memory = pages_now() * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)HASHING_MEMORY_MIB << 20);
    const rlim_t seconds = (rlim_t)(milliseconds / 1000 + 1);
    const struct rlimit size = { memory, memory }, cpu = { seconds, seconds };
    const struct itimerval time = { .it_value = { milliseconds / 1000, milliseconds % 1000 * 1000 } };
    sigset_t prof;

    sigemptyset(&prof);
    sigaddset(&prof, SIGPROF);
    return signal(SIGPROF, SIG_DFL) != SIG_ERR && sigprocmask(SIG_UNBLOCK, &prof, NULL) == 0 &&
           setrlimit(RLIMIT_AS, &size) == 0 && setrlimit(RLIMIT_CPU, &cpu) == 0 &&
           setitimer(ITIMER_PROF, &time, NULL) == 0;
}

static void serve(const char *password, const char *setting, int64_t milliseconds, int pipe_end)
{
    char made[ACCOUNT_HASH_SIZE] = "";
    bool told;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!limit(milliseconds) || !hashing_run(password, setting, made))
        _exit(EXIT_FAILURE);
    told = write(pipe_end, made, sizeof made) == (ssize_t)sizeof made; /* less than PIPE_BUF */
    explicit_bzero(made, sizeof made);
    _exit(told ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* -- its parent --------------------------------------------------------------------------- */

/* All of it, or the child's end came first. */
static bool receive(int fd, char made[ACCOUNT_HASH_SIZE])
{
    ssize_t count;

    do
        count = read(fd, made, ACCOUNT_HASH_SIZE);
    while (count < 0 && errno == EINTR);
    return count == ACCOUNT_HASH_SIZE && memchr(made, '\0', ACCOUNT_HASH_SIZE) != NULL;
}

static enum hashing reap(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return HASHING_FAILED;
    if (WIFSIGNALED(status))
        return HASHING_DEAR;
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS ? HASHING_MADE : HASHING_FAILED;
}

enum hashing hashing_run_bounded(const char *password, const char *setting, int64_t milliseconds,
                                 char ret[ACCOUNT_HASH_SIZE])
{
    char made[ACCOUNT_HASH_SIZE] = "";
    enum hashing hashing = HASHING_FAILED;
    bool whole;
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return HASHING_FAILED;
    child = fork();
    if (child == 0)
        serve(password, setting, milliseconds, ends[1]);
    close(ends[1]);
    whole = child > 0 && receive(ends[0], made);
    close(ends[0]);
    if (child > 0)
        hashing = reap(child);
    if (hashing == HASHING_MADE && !whole)
        hashing = HASHING_FAILED;
    if (hashing == HASHING_MADE)
        memcpy(ret, made, strlen(made) + 1);
    explicit_bzero(made, sizeof made);
    return hashing;
}
