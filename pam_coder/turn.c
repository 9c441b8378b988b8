/*
 * A few octets of a file for each user, locked by who has a turn; the kernel wakes who waits for one in order. Nobody
 * waits for another user, so who has his own helpers stopped or slowed down delays himself alone.
 */
#define _FILE_OFFSET_BITS 64
#include "turn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sql/activity_file.h"
#include "request.h"

enum { PATIENCE_MS = 12000, TICK_MS = 500 }; /* the asker waits for 20 s in all */
enum { TURNS = 4 };                          /* fewer than the attempts that may be under way */
enum { DOOR_TURNS = 2, DOOR_TURNS_OF_ALL = 24 };

static int open_turns(const char *run_dir)
{
    char path[4096];

    activity_make_folders(run_dir);
    if (snprintf(path, sizeof path, "%s/turns", run_dir) >= (int)sizeof path)
        return -1;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void tick(int signal)
{
    (void)signal;
}

/* fcntl(2) waits without an end: a signal interrupts it, and comes again, in case it was there before. */
static bool start_ticking(timer_t *ret)
{
    const struct timespec pause = { .tv_nsec = TICK_MS * 1000000L };
    const struct itimerspec ticks = { .it_interval = pause, .it_value = pause };
    const struct sigaction action = { .sa_handler = tick };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };

    return sigaction(SIGUSR1, &action, NULL) == 0 && timer_create(CLOCK_MONOTONIC, &event, ret) == 0 &&
           timer_settime(*ret, 0, &ticks, NULL) == 0;
}

/* The first, the second ... of the user's. Its octets are nobody else's: 34 bits, of a file that has none of them. */
static struct flock turn_of(uint32_t uid, int number)
{
    _Static_assert(sizeof(off_t) == 8, "an octet for each turn");
    const off_t octet = (off_t)uid * TURNS + (off_t)((unsigned)number % TURNS);

    return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = octet, .l_len = 1 };
}

/* One of so many octets. */
static bool take_free(int fd, off_t first, int count)
{
    bool taken = false;

    for (int i = 0; i < count && !taken; i++) {
        struct flock turn = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = first + i, .l_len = 1 };

        taken = fcntl(fd, F_SETLK, &turn) == 0;
    }
    return taken;
}

int turn_wait(const char *run_dir, uint32_t uid)
{
    struct flock turn = turn_of(uid, getpid());
    int64_t end = packet_clock() + PATIENCE_MS;
    int fd = open_turns(run_dir);
    timer_t timer;

    if (fd < 0 || take_free(fd, (off_t)uid * TURNS, TURNS) || !start_ticking(&timer))
        return fd;
    while (fcntl(fd, F_SETLKW, &turn) != 0 && errno == EINTR && packet_clock() < end)
        ;
    timer_delete(timer);
    return fd;
}

/* Behind the octets of all users' own turns: those of all accounts at the door, and those of all together. */
int turn_at_door(const char *run_dir, uint32_t uid)
{
    const off_t doors = (off_t)TURNS << 32, all = doors + ((off_t)DOOR_TURNS << 32);
    int fd = open_turns(run_dir);

    if (fd >= 0 && take_free(fd, doors + (off_t)uid * DOOR_TURNS, DOOR_TURNS) && take_free(fd, all, DOOR_TURNS_OF_ALL))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}
