/*
 * Processes that are hard to end or to find, for shell tests; started by root.
 *
 *   runaway chain REAL EFFECTIVE SAVED FILE   forks and goes, for ever, as fast as can be: its generations share their
 *                                             memory; FILE counts them. One that waits buries them, or the machine
 *                                             would run out of numbers; no more than 64 are alive at once
 *   runaway hop UID COUNT                     so many fork and go, each with a process of its own, for 20 s
 *   runaway ids REAL EFFECTIVE SAVED FS       waits with these uids
 *   runaway thread UID                        root's; a second thread waits with this uid
 *   runaway headless UID                      the first thread has ended, a second waits
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uid_t number(const char *text)
{
    return (uid_t)strtoul(text, NULL, 10);
}

static _Noreturn void wait_for_ever(void)
{
    for (;;)
        pause();
}

enum { STACKS = 64 };
static _Alignas(16) char stacks[STACKS][4096];
static atomic_int in_use[STACKS]; /* until the kernel has ended who was on it (CLONE_CHILD_CLEARTID) */
static atomic_ulong *generations;

/* One that nobody is on: on a busy machine the ancestors may not have got to their end yet. */
static int find_stack(void)
{
    for (unsigned i = 0;; i++) {
        if (atomic_exchange(&in_use[i % STACKS], 1) == 0)
            return (int)(i % STACKS);
        if (i % STACKS == 0)
            sched_yield();
    }
}

static int generation(void *nothing)
{
    int next = find_stack();

    atomic_fetch_add(generations, 1);
    while (clone(generation, stacks[next] + sizeof stacks[0], CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, nothing,
                 NULL, NULL, &in_use[next]) == -1)
        sched_yield();
    _exit(0);
}

static _Noreturn void chain(char **words)
{
    bool buries = signal(SIGCHLD, SIG_IGN) != SIG_ERR && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && fork() > 0;
    int fd = open(words[3], O_RDWR | O_CREAT, 0600);
    void *count = MAP_FAILED;

    if (buries)
        wait_for_ever();
    if (fd != -1 && ftruncate(fd, sizeof *generations) == 0)
        count = mmap(NULL, sizeof *generations, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (count == MAP_FAILED || setresuid(number(words[0]), number(words[1]), number(words[2])) != 0)
        _exit(1);
    generations = count;
    _exit(generation(NULL));
}

static void *thread_with(void *uid)
{
    uid_t his = *(const uid_t *)uid;

    if (syscall(SYS_setresuid, his, his, his) != 0) /* this thread's alone, unlike the library's */
        _exit(1);
    wait_for_ever();
}

static void *thread_waiting(void *nothing)
{
    (void)nothing;
    wait_for_ever();
}

/* Each of them is another process, and a newer one, whenever it is looked at. */
static _Noreturn void hop(unsigned long count)
{
    time_t end = time(NULL) + 20;

    signal(SIGCHLD, SIG_IGN);
    for (unsigned long i = 1; i < count && fork() > 0; i++)
        ;
    while (time(NULL) < end)
        if (fork() > 0)
            _exit(0);
    _exit(0);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    uid_t uid;

    if (argc == 6 && strcmp(argv[1], "chain") == 0)
        chain(argv + 2);
    if (argc == 6 && strcmp(argv[1], "ids") == 0 &&
        setresuid(number(argv[2]), number(argv[3]), number(argv[4])) == 0) {
        setfsuid(number(argv[5]));
        wait_for_ever();
    }
    if (argc == 4 && strcmp(argv[1], "hop") == 0 && setresuid(number(argv[2]), number(argv[2]), number(argv[2])) == 0)
        hop(strtoul(argv[3], NULL, 10));
    if (argc != 3)
        return 2;
    uid = number(argv[2]);
    if (strcmp(argv[1], "thread") == 0 && pthread_create(&thread, NULL, thread_with, &uid) == 0)
        wait_for_ever();
    if (strcmp(argv[1], "headless") == 0 && setresuid(uid, uid, uid) == 0 &&
        pthread_create(&thread, NULL, thread_waiting, NULL) == 0)
        pthread_exit(NULL);
    return 1;
}
