/*
 * The socket of coder_fleet: text that is asked, and the lines of the answer.
 */
#ifndef CODER_HOST_FLEET_SOCKET_H
#define CODER_HOST_FLEET_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define FLEET_SOCKET CODER_RUN_DIR "/fleet.sock"

/* What a line may be long, without its newline. */
enum { FLEET_LINE_MAX = 256 * 1024 };

struct fleet_socket {
    int fd;             /* -1: none */
    pid_t program;      /* 0: the socket's own */
    char *room;         /* they may be hashes */
    size_t begin, end;  /* what is not given out yet */
};

enum fleet_heard {
    FLEET_LINE,
    FLEET_QUIET, /* nothing came within the time */
    FLEET_ENDED  /* the other side went, or sent what is no line: too long, or with a NUL */
};

/* Connect to it and send `length` octets. False with errno; 5 s is how long it may take none of them. */
bool fleet_socket_ask(const char *text, size_t length, struct fleet_socket *ret);
/* The same of a coder_fleet that is begun for it, as its own user, with the files of this folder. It ends with the
 * conversation. */
bool fleet_socket_begin(const char *folder, const char *text, size_t length, struct fleet_socket *ret);
void fleet_socket_close(struct fleet_socket *socket);

/* The next line without its newline, valid until the next call. */
enum fleet_heard fleet_socket_next(struct fleet_socket *socket, int milliseconds, const char **ret);

#endif
