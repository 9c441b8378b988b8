/*
 * Plain lines over a stream socket. The change goes to the server only at our word, "go": until then it is certain that
 * nothing was done.
 */
#include "fleet_door.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sql/account.h"
#include "credential.h"
#include "request.h"

enum { LINE_SIZE = DOOR_WHY_SIZE + 16, REQUEST_SIZE = 64 + ACCOUNT_NAME_SIZE + 2 * 2 * CREDENTIAL_SIZE };

/* Root's, as the folder is: nobody else gets to hear a password. */
static bool is_root_peer(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == CODER_OWNER_UID;
}

/* -1: there is none, or nobody takes more at present. */
static int open_door(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = CODER_RUN_DIR "/fleet.sock" };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 && is_root_peer(fd))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* All of it fits into the room of any socket. */
static bool say(int fd, const char *text)
{
    size_t length = strlen(text);

    return send(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

static bool wait_for(int fd, int64_t deadline)
{
    struct pollfd poller = { .fd = fd, .events = POLLIN };
    int64_t left = deadline - packet_clock();

    return left > 0 && poll(&poller, 1, (int)left) >= 0;
}

/* Without its newline, and printable. False: none in time. */
static bool hear(int fd, int64_t deadline, char ret[LINE_SIZE])
{
    for (size_t used = 0; used < LINE_SIZE;) {
        ssize_t got = wait_for(fd, deadline) ? recv(fd, ret + used, 1, MSG_DONTWAIT) : 0;

        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (got < 0)
            continue;
        if (ret[used] == '\n') {
            ret[used] = '\0';
            return true;
        }
        if (ret[used] < ' ' || ret[used] > '~')
            ret[used] = '?';
        used++;
    }
    return false;
}

static const struct {
    const char *word;
    enum door_reply reply;
} replies[] = {
    { "done", DOOR_DONE }, { "wrong", DOOR_WRONG }, { "used", DOOR_USED },
    { "early", DOOR_EARLY }, { "away", DOOR_AWAY }, { "unknown", DOOR_UNKNOWN },
};

static enum door_reply understand(const char *line, enum door_reply otherwise, char why[DOOR_WHY_SIZE])
{
    static const char refused[] = "refused ";

    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
        if (strcmp(line, replies[i].word) == 0)
            return replies[i].reply;
    if (strncmp(line, refused, sizeof refused - 1) != 0)
        return otherwise;
    snprintf(why, DOOR_WHY_SIZE, "%.*s", DOOR_WHY_SIZE - 1, line + sizeof refused - 1);
    return DOOR_REFUSED;
}

static enum door_reply converse(int fd, int64_t deadline, char why[DOOR_WHY_SIZE])
{
    enum door_reply otherwise = DOOR_AWAY;
    char line[LINE_SIZE];

    while (hear(fd, deadline, line)) {
        if (strcmp(line, "ready") != 0)
            return understand(line, otherwise, why);
        if (!say(fd, "go\n"))
            break;
        otherwise = DOOR_UNKNOWN;
    }
    return otherwise;
}

static char *write_hex(char *ret, const char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (; *text != '\0'; text++) {
        *ret++ = digits[(unsigned char)*text >> 4];
        *ret++ = digits[(unsigned char)*text & 15];
    }
    return ret;
}

/* Both are shorter than CREDENTIAL_SIZE, the name than ACCOUNT_NAME_SIZE. */
static void write_request(char ret[REQUEST_SIZE], const char *name, const char *old, const char *new_password)
{
    ret = stpcpy(stpcpy(stpcpy(ret, "change-password\nname "), name), "\nold ");
    ret = stpcpy(write_hex(ret, old), "\nnew ");
    stpcpy(write_hex(ret, new_password), "\n\n");
}

enum door_reply door_change_password(const char *name, const char *old, const char *new_password, char why[DOOR_WHY_SIZE])
{
    int64_t deadline = packet_clock() + DOOR_CHANGE_MS;
    enum door_reply reply = DOOR_AWAY;
    char request[REQUEST_SIZE];
    int fd = open_door();

    why[0] = '\0';
    if (fd < 0)
        return DOOR_AWAY;
    write_request(request, name, old, new_password);
    if (say(fd, request))
        reply = converse(fd, deadline, why);
    explicit_bzero(request, sizeof request);
    close(fd);
    return reply;
}

bool door_leads_somewhere(void)
{
    int64_t deadline = packet_clock() + DOOR_PROBE_MS;
    char line[LINE_SIZE] = "";
    int fd = open_door();
    bool there = fd >= 0 && say(fd, "probe\n") && hear(fd, deadline, line) && strcmp(line, "there") == 0;

    if (fd >= 0)
        close(fd);
    return there;
}
