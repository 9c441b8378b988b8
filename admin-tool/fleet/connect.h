/*
 * A connection to one of the fleet's servers, by the host's certificate.
 */
#ifndef CODER_FLEET_CONNECT_H
#define CODER_FLEET_CONNECT_H

struct ldap; /* ldap.h's LDAP */

enum {
    CONNECT_WHY_SIZE = 256,
    CONNECT_MESSAGE_MAX = 32 << 20, /* octets; the longest answer taken */
    CONNECT_SECONDS = 60            /* the watch that it leaves (watch.h) */
};

/* Under TLS and bound; no call on it waits for half a message. wait_ms: the longest for each step. NULL with why; to be
 * closed. The process is watched from here on. */
struct ldap *connect_open(const char *uri, int wait_ms, char why[CONNECT_WHY_SIZE]);
void connect_close(struct ldap *ld); /* NULL: nothing */

/* The library's and the server's words for a result: printable ASCII. */
void connect_tell(struct ldap *ld, int result, char why[CONNECT_WHY_SIZE]);

#endif
