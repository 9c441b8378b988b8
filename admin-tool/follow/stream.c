/*
 * The socket of coder_fleet. Whatever is on the other side, no line is longer than one may be, and no wait is without an
 * end.
 */
#include "stream.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "line.h"

enum { STREAM_ROOM = 2 * (LINE_LENGTH_MAX + 1) };

static bool send_all(int fd, const char *text, size_t length)
{
    return send(fd, text, length, MSG_NOSIGNAL) == (ssize_t)length; /* shorter than any socket's room */
}

static bool ask(int fd, const char *cookie)
{
    char text[FLEET_COOKIE_SIZE + 16];
    int length = snprintf(text, sizeof text, "follow%s%s\n", cookie[0] != '\0' ? " " : "", cookie);

    return length > 0 && (size_t)length < sizeof text && send_all(fd, text, (size_t)length);
}

bool stream_open(const char *path, const char *cookie, struct stream *ret)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const struct timeval patience = { .tv_sec = 5 }; /* of a server whose queue is full */
    bool good;
    int error;

    *ret = (struct stream){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .room = malloc(STREAM_ROOM) };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    good = ret->fd != -1 && ret->room != NULL &&
           setsockopt(ret->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 && connect(ret->fd,
               (const struct sockaddr *)&address, sizeof address) == 0 && ask(ret->fd, cookie);
    error = errno;
    if (!good)
        stream_close(ret);
    errno = error;
    return good;
}

void stream_close(struct stream *stream)
{
    if (stream->fd != -1)
        close(stream->fd);
    if (stream->room != NULL)
        explicit_bzero(stream->room, STREAM_ROOM);
    free(stream->room);
    *stream = (struct stream){ .fd = -1 };
}

/* The line that is there whole, NULL: none yet. */
static char *cut_line(struct stream *stream)
{
    char *begin = stream->room + stream->begin, *end = memchr(begin, '\n', stream->end - stream->begin);

    if (end == NULL)
        return NULL;
    *end = '\0';
    stream->begin = (size_t)(end - stream->room) + 1;
    return strlen(begin) == (size_t)(end - begin) ? begin : NULL;
}

static void make_room(struct stream *stream)
{
    memmove(stream->room, stream->room + stream->begin, stream->end - stream->begin);
    stream->end -= stream->begin;
    stream->begin = 0;
}

/* False: nothing more can come. */
static bool fill(struct stream *stream)
{
    ssize_t count;

    make_room(stream);
    if (stream->end > LINE_LENGTH_MAX)
        return false;
    count = recv(stream->fd, stream->room + stream->end, STREAM_ROOM - stream->end, 0);
    if (count == -1 && errno == EINTR)
        return true;
    if (count <= 0)
        return false;
    stream->end += (size_t)count;
    return true;
}

enum stream_result stream_next(struct stream *stream, int milliseconds, const char **ret)
{
    struct pollfd wait = { .fd = stream->fd, .events = POLLIN };

    for (;;) {
        size_t before = stream->begin;
        const char *line = cut_line(stream);
        int ready;

        if (line != NULL) {
            *ret = line;
            return STREAM_LINE;
        }
        if (stream->begin != before)
            return STREAM_ENDED; /* a NUL */
        ready = poll(&wait, 1, milliseconds);
        if (ready == 0 || (ready == -1 && errno == EINTR))
            return STREAM_QUIET;
        if (ready == -1 || !fill(stream))
            return STREAM_ENDED;
    }
}
