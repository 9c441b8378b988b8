/*
 * Reading and writing with poll(2); each wait has a deadline.
 */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

long long peer_clock_ms(void)
{
    struct timespec now = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void unblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags >= 0)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void peer_init(struct peer *peer, int in, int out)
{
    *peer = (struct peer){ .in = in, .out = out, .take_ms = PEER_TAKE_MS };
    unblock(in);
    unblock(out);
}

static int left_ms(long long until)
{
    long long left = until - peer_clock_ms();

    return left > 0 ? (int)left : 0;
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* Octet by octet: what stands behind the newline is not ours. */
bool peer_read_line(struct peer *peer, char ret[PEER_LINE_SIZE], int timeout_ms)
{
    long long until = peer_clock_ms() + timeout_ms;
    struct pollfd poll_in = { .fd = peer->in, .events = POLLIN };

    for (size_t used = 0; used < PEER_LINE_SIZE;) {
        ssize_t got;

        if (poll(&poll_in, 1, left_ms(until)) <= 0)
            break;
        got = read(peer->in, ret + used, 1);
        if (got == 0 || (got < 0 && !would_block()))
            break;
        if (got == 1 && ret[used] == '\n') {
            ret[used] = '\0';
            return strlen(ret) == used;
        }
        used += got == 1;
    }
    peer->gone = true;
    return false;
}

/* Where the empty line begins. NULL: it is not there. */
static char *find_end(char *text, size_t used, size_t from)
{
    if (used > 0 && text[0] == '\n')
        return text;
    for (size_t at = from > 0 ? from : 1; at < used; at++)
        if (text[at] == '\n' && text[at - 1] == '\n')
            return text + at;
    return NULL;
}

bool peer_read_lines(struct peer *peer, char *ret, size_t size, size_t *ret_length, int timeout_ms)
{
    long long until = peer_clock_ms() + timeout_ms;
    struct pollfd poll_in = { .fd = peer->in, .events = POLLIN };
    char *end = NULL;

    for (size_t used = 0; end == NULL && used < size;) {
        ssize_t got = poll(&poll_in, 1, left_ms(until)) > 0 ? read(peer->in, ret + used, size - used) : 0;

        if (got == 0 || (got < 0 && !would_block())) {
            peer->gone = true;
            return false;
        }
        if (got < 0)
            continue;
        end = find_end(ret, used + (size_t)got, used);
        used += (size_t)got;
        if (end != NULL && end != ret + used - 1)
            return false;
    }
    if (end == NULL)
        return false;
    *end = '\0';
    *ret_length = (size_t)(end - ret);
    return true;
}

/* POLLHUP comes unasked. */
static bool has_gone(struct peer *peer, const struct pollfd *in)
{
    if (in->revents != 0)
        peer->gone = true;
    return peer->gone;
}

bool peer_write(struct peer *peer, const char *octets, size_t length)
{
    struct pollfd polls[2] = { { .fd = peer->out, .events = POLLOUT }, { .fd = peer->in, .events = POLLIN } };
    size_t done = 0;

    while (!peer->gone && done < length) {
        ssize_t wrote = write(peer->out, octets + done, length - done);

        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote == 0 || !would_block() || poll(polls, 2, peer->take_ms) <= 0 || has_gone(peer, &polls[1]))
            peer->gone = true;
    }
    return !peer->gone;
}

bool peer_say(struct peer *peer, struct json_line *line)
{
    return peer_write(peer, line->text, line->used);
}

bool peer_wait(struct peer *peer, int other, int timeout_ms)
{
    struct pollfd polls[2] = { { .fd = other, .events = POLLIN }, { .fd = peer->in, .events = POLLIN } };
    int count = poll(polls, 2, timeout_ms);

    return count > 0 && !has_gone(peer, &polls[1]) && polls[0].revents != 0;
}
