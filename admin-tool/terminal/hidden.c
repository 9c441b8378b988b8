/*
 * A line that is not shown. Signals that would leave the terminal without its echo are held, and let through between
 * two octets, when it has it again.
 */
#include "hidden.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGALRM };
enum { SIGNALS = sizeof signals / sizeof signals[0] };

/* As it was before. */
struct former {
    struct termios terminal;
    struct sigaction actions[SIGNALS];
    sigset_t mask;
};

static volatile sig_atomic_t caught; /* 0: none */

static void note(int number)
{
    caught = number;
}

static void show(const struct former *former)
{
    int reason = errno;

    tcsetattr(STDIN_FILENO, TCSAFLUSH, &former->terminal);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &former->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &former->mask, NULL);
    errno = reason;
}

/* False with errno: nothing is hidden. */
static bool hide(struct former *ret)
{
    const struct sigaction noting = { .sa_handler = note };
    struct termios silent;
    sigset_t held;

    if (tcgetattr(STDIN_FILENO, &ret->terminal) != 0)
        return false;
    caught = 0;
    sigemptyset(&held);
    for (int i = 0; i < SIGNALS; i++)
        sigaddset(&held, signals[i]);
    sigprocmask(SIG_BLOCK, &held, &ret->mask);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &noting, &ret->actions[i]);
    silent = ret->terminal;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0)
        return true;
    show(ret); /* signals are not held for the rest of the run */
    return false;
}

/* As hidden_read. held: the signals that are let through while we wait; NULL: none is held. EINTR: one came. */
static ssize_t read_line(const sigset_t *mask, char *ret, size_t size)
{
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    size_t length = 0;
    ssize_t count = 0;
    char c = '\0';

    while (length < size) {
        if (mask != NULL && ppoll(&input, 1, NULL, mask) == -1)
            count = -1;
        else
            count = read(STDIN_FILENO, &c, 1);
        if (count != 1 || c == '\n')
            break;
        ret[length++] = c;
    }
    explicit_bzero(&c, sizeof c);
    return count < 0 ? -1 : (ssize_t)length;
}

/* Asked again after a stop. */
static ssize_t read_hidden(const char *question, FILE *out, char *ret, size_t size)
{
    struct former former;
    ssize_t length;

    do {
        if (!hide(&former)) /* before the question: what is typed as soon as it is seen is not shown, nor lost */
            return -1;
        fputs(question, out);
        fflush(out);
        length = read_line(&former.mask, ret, size);
        if (caught != 0)
            explicit_bzero(ret, size);
        show(&former);
        fputc('\n', out);
        fflush(out);
        if (caught != 0)
            raise(caught);
    } while (length == -1 && errno == EINTR);
    return length;
}

ssize_t hidden_read(const char *question, FILE *out, char *ret, size_t size)
{
    return isatty(STDIN_FILENO) ? read_hidden(question, out, ret, size) : read_line(NULL, ret, size);
}
