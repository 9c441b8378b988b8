/*
 * In the signal's handler are two calls that may be there (signal-safety(7)).
 */
#include "watch.h"

#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { LAST_SECONDS = 10 };

static volatile sig_atomic_t watched = -1;

static void set_timer(int milliseconds)
{
    struct itimerval timer = { .it_value = { milliseconds / 1000, milliseconds % 1000 * 1000L } };

    setitimer(ITIMER_REAL, &timer, NULL);
}

static void cut(int number)
{
    int fd = watched;

    (void)number;
    if (fd < 0)
        _exit(1);
    watched = -1;
    shutdown(fd, SHUT_RDWR);
    alarm(LAST_SECONDS);
}

static void begin(int fd, int milliseconds)
{
    struct sigaction action = { .sa_handler = cut, .sa_flags = SA_RESTART };

    watch_nothing();
    watched = fd;
    sigaction(SIGALRM, &action, NULL);
    set_timer(milliseconds);
}

void watch_process(int seconds)
{
    begin(-1, seconds * 1000);
}

void watch_socket(int fd, int milliseconds)
{
    begin(fd, milliseconds);
}

void watch_nothing(void)
{
    set_timer(0);
    watched = -1;
}
