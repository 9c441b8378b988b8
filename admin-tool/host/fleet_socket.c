/*
 * The socket of coder_fleet. Whatever is on the other side, no line is longer than one may be, and no wait is without an
 * end.
 */
#include "fleet_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "fleet_folder.h"
#include "program.h"

enum { ROOM = 2 * (FLEET_LINE_MAX + 1) };

static bool send_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t count = send(fd, text, length, MSG_NOSIGNAL);

        if (count == -1 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        text += count;
        length -= (size_t)count;
    }
    return true;
}

bool fleet_socket_ask(const char *text, size_t length, struct fleet_socket *ret)
{
    const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = FLEET_SOCKET };
    const struct timeval patience = { .tv_sec = 5 }; /* of a server whose queue is full */
    bool good;
    int error;

    *ret = (struct fleet_socket){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .room = malloc(ROOM) };
    good = ret->fd != -1 && ret->room != NULL &&
           setsockopt(ret->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 && connect(ret->fd,
               (const struct sockaddr *)&address, sizeof address) == 0 && send_all(ret->fd, text, length);
    error = errno;
    if (!good)
        fleet_socket_close(ret);
    errno = error;
    return good;
}

bool fleet_socket_begin(const char *folder, const char *text, size_t length, struct fleet_socket *ret)
{
    char *const argv[] = { "/usr/bin/setpriv", "--reuid=" FLEET_GROUP, "--regid=" FLEET_GROUP, "--clear-groups", "--no-new-privs",
                           CODER_FLEET, "in", (char *)(uintptr_t)folder, NULL };
    int ends[2] = { -1, -1 };
    bool good;

    *ret = (struct fleet_socket){ .fd = -1, .room = malloc(ROOM) };
    good = ret->room != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
    ret->fd = ends[0];
    if (good)
        ret->program = host_begin(argv, ends[1]);
    if (ends[1] != -1)
        close(ends[1]);
    good = good && ret->program > 0 && send_all(ret->fd, text, length);
    if (!good)
        fleet_socket_close(ret);
    return good;
}

void fleet_socket_close(struct fleet_socket *socket)
{
    host_end(socket->program);
    if (socket->fd != -1)
        close(socket->fd);
    if (socket->room != NULL)
        explicit_bzero(socket->room, ROOM);
    free(socket->room);
    *socket = (struct fleet_socket){ .fd = -1 };
}

/* The line that is there whole, NULL: none yet. */
static char *cut_line(struct fleet_socket *socket)
{
    char *begin = socket->room + socket->begin, *end = memchr(begin, '\n', socket->end - socket->begin);

    if (end == NULL)
        return NULL;
    *end = '\0';
    socket->begin = (size_t)(end - socket->room) + 1;
    return strlen(begin) == (size_t)(end - begin) ? begin : NULL;
}

static void make_room(struct fleet_socket *socket)
{
    memmove(socket->room, socket->room + socket->begin, socket->end - socket->begin);
    socket->end -= socket->begin;
    socket->begin = 0;
}

/* False: nothing more can come. */
static bool fill(struct fleet_socket *socket)
{
    ssize_t count;

    make_room(socket);
    if (socket->end > FLEET_LINE_MAX)
        return false;
    count = recv(socket->fd, socket->room + socket->end, ROOM - socket->end, 0);
    if (count == -1 && errno == EINTR)
        return true;
    if (count <= 0)
        return false;
    socket->end += (size_t)count;
    return true;
}

enum fleet_heard fleet_socket_next(struct fleet_socket *socket, int milliseconds, const char **ret)
{
    struct pollfd wait = { .fd = socket->fd, .events = POLLIN };

    for (;;) {
        size_t before = socket->begin;
        const char *line = cut_line(socket);
        int ready;

        if (line != NULL) {
            *ret = line;
            return FLEET_LINE;
        }
        if (socket->begin != before)
            return FLEET_ENDED; /* a NUL */
        ready = poll(&wait, 1, milliseconds);
        if (ready == 0 || (ready == -1 && errno == EINTR))
            return FLEET_QUIET;
        if (ready == -1 || !fill(socket))
            return FLEET_ENDED;
    }
}
