/*
 * The lines of a socket.
 */
#ifndef CODER_FOLLOW_STREAM_H
#define CODER_FOLLOW_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct stream {
    int fd;
    char *room;         /* STREAM_ROOM octets; they may be hashes */
    size_t begin, end;  /* what is not given out yet */
};

enum stream_result {
    STREAM_LINE,
    STREAM_QUIET, /* nothing came within the time */
    STREAM_ENDED  /* the other side went, or sent what is no line: too long, or with a NUL */
};

/* Connect to coder_fleet and tell it from where to follow. False with errno. */
bool stream_open(const char *path, const char *cookie, struct stream *ret);
void stream_close(struct stream *stream);

/* The next line without its newline, valid until the next call. */
enum stream_result stream_next(struct stream *stream, int milliseconds, const char **ret);

#endif
