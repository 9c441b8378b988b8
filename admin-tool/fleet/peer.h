/*
 * The one who asked: admin-tool follow, on descriptors 0 and 1 (of one accepted socket, as a rule). Nobody is waited for
 * without an end.
 */
#ifndef CODER_FLEET_PEER_H
#define CODER_FLEET_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "json_line.h"

enum {
    PEER_ASK_MS = 10000,     /* until the first line is whole */
    PEER_TAKE_MS = 300000,   /* without an octet taken: a batch of 100,000 accounts may be written down meanwhile */
    PEER_LINE_SIZE = 4096
};

struct peer {
    int in, out;
    int take_ms;
    bool gone; /* closed, failed, or too late: nothing more is for it */
};

/* Neither descriptor blocks from here on. */
void peer_init(struct peer *peer, int in, int out);

/* The first line, without its newline. False when there is none in time. */
bool peer_read_line(struct peer *peer, char ret[PEER_LINE_SIZE], int timeout_ms);

/* The lines behind the first, up to an empty one, which is left out; a NUL stands at their end. False when they do not come
 * in time, and it is gone; when it is not, they are too long, or something stands behind them. */
bool peer_read_lines(struct peer *peer, char *ret, size_t size, size_t *ret_length, int timeout_ms);

/* False when it is gone. Whoever speaks after what it asked is gone, too: there is nothing to say. */
bool peer_write(struct peer *peer, const char *octets, size_t length);
bool peer_say(struct peer *peer, struct json_line *line);

/* Waits for that the other descriptor (-1: none) can be read, at most so long. True when it can; false also when the
 * peer is gone. */
bool peer_wait(struct peer *peer, int other, int timeout_ms);

/* CLOCK_MONOTONIC. */
long long peer_clock_ms(void);

#endif
