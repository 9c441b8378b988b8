/*
 * Packets between module and helper: bounded in size and time, checked before a field is looked at.
 */
#include "request.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "sql/account.h"
#include "credential.h"

enum { DAYS_LEFT_MAX = 365 }; /* policy's password_warn_days is at most that */

static bool is_text(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

bool request_is_sound(const struct request *request, size_t size)
{
    return size == sizeof *request && request->size == sizeof *request &&
           request->kind < REQUEST_KINDS && request->silent <= 1 &&
           is_text(request->user, sizeof request->user) &&
           is_text(request->service, sizeof request->service) &&
           is_text(request->tty, sizeof request->tty) &&
           is_text(request->rhost, sizeof request->rhost) &&
           is_text(request->address, sizeof request->address) &&
           is_text(request->server, sizeof request->server) &&
           is_text(request->password, sizeof request->password) &&
           is_text(request->new_password, sizeof request->new_password);
}

bool answer_is_sound(const struct answer *answer, size_t size)
{
    return size == sizeof *answer && answer->size == sizeof *answer &&
           answer->verdict < VERDICT_COUNT && answer->right <= 1 && answer->temporary <= 1 &&
           answer->must_wait <= 1 && answer->elsewhere < ELSEWHERE_COUNT && answer->days_left <= DAYS_LEFT_MAX &&
           answer->weakness <= CREDENTIAL_USED && answer->failures >= 0 &&
           is_text(answer->last_origin, sizeof answer->last_origin) &&
           is_text(answer->failure_origin, sizeof answer->failure_origin);
}

static bool is_service_name(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_.-";

    return text[0] != '\0' && text[strspn(text, letters)] == '\0';
}

void request_settle(struct request *request, bool by_root)
{
    if (by_root) {
        if (!is_service_name(request->service))
            snprintf(request->service, sizeof request->service, "other");
        return;
    }
    snprintf(request->service, sizeof request->service, "helper");
    request->tty[0] = request->rhost[0] = request->address[0] = request->server[0] = '\0';
}

/* FNV-1a, folded to 16 bits. */
uint32_t request_stranger(const char *name)
{
    uint32_t hash = 2166136261U;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619U;
    return (hash >> 16 ^ hash) & 0xffff;
}

int64_t packet_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_for(int fd, short what, int64_t deadline)
{
    struct pollfd poller = { .fd = fd, .events = what };
    int64_t left;
    int ready;

    do {
        left = deadline - packet_clock();
        if (left <= 0)
            return false;
        ready = poll(&poller, 1, (int)left);
    } while (ready < 0 && errno == EINTR);
    return ready == 1;
}

bool packet_send(int fd, const void *packet, size_t size, int64_t deadline)
{
    ssize_t sent;

    do {
        if (!wait_for(fd, POLLOUT, deadline))
            return false;
        sent = send(fd, packet, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && (errno == EINTR || errno == EAGAIN));
    return sent == (ssize_t)size;
}

ptrdiff_t packet_receive(int fd, void *packet, size_t size, int64_t deadline)
{
    ssize_t got;

    do {
        if (!wait_for(fd, POLLIN, deadline))
            return -1;
        got = recv(fd, packet, size, MSG_DONTWAIT | MSG_TRUNC);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    return got;
}
