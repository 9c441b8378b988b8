/*
 * A connection to one of the fleet's servers, by the host's certificate or as somebody else.
 */
#ifndef CODER_FLEET_CONNECT_H
#define CODER_FLEET_CONNECT_H

#include <stdbool.h>

struct ldap; /* ldap.h's LDAP */

enum {
    CONNECT_WHY_SIZE = 256,
    CONNECT_MESSAGE_MAX = 32 << 20, /* octets; the longest answer taken */
    CONNECT_SECONDS = 60            /* the watch that it leaves (watch.h) */
};

/* Who speaks there. All zero: the host. */
struct connect_as {
    const char *pem;      /* a file with certificate and key, in place of the host's; NULL: the host's */
    const char *dn;       /* who binds with the password, under TLS with the certificate above; NULL: whom the certificate names */
    const char *password; /* not empty: an empty one would be nobody's bind (RFC 4513 5.1.2) */
    bool by_ticket;       /* who binds is whom the ticket names that KRB5CCNAME says, under TLS with the certificate above */
    int seconds;          /* the watch that is left, in place of CONNECT_SECONDS; 0: that */
};

/* Under TLS and bound; no call on it waits for half a message. wait_ms: the longest for each step. NULL with why; to be
 * closed. *ret_refused: the server answered, and does not take who binds; or there is no ticket for it. The process is
 * watched from here on. */
struct ldap *connect_open(const char *uri, int wait_ms, const struct connect_as *as, char why[CONNECT_WHY_SIZE],
                          bool *ret_refused);
void connect_close(struct ldap *ld); /* NULL: nothing */

/* The library's and the server's words for a result: printable ASCII. */
void connect_tell(struct ldap *ld, int result, char why[CONNECT_WHY_SIZE]);

#endif
