/*
 * What this host has of the tree: for each server that was ever written to, the newest change of it. A server's message
 * names the one that changed alone, so cookies are merged, never replaced.
 *
 * The text is RFC 4533's opaque cookie as OpenLDAP's slapd writes it: "rid=000,csn=CSN;CSN", a CSN
 * "YYYYmmddHHMMSS.uuuuuuZ#count#sid#mod" in digits of fixed width, so that text order is order in time.
 */
#ifndef CODER_FLEET_COOKIE_H
#define CODER_FLEET_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    COOKIE_CSN_LENGTH = 40,
    COOKIE_SERVERS_MAX = 64, /* slapd numbers them up to 4095; who has more than a few replaces them */
    COOKIE_SIZE = sizeof "rid=000,csn=" + COOKIE_SERVERS_MAX * (COOKIE_CSN_LENGTH + 1)
};

struct cookie_csn {
    unsigned server;
    char text[COOKIE_CSN_LENGTH + 1];
};

/* Ordered by server; each once. All zero: nothing known. */
struct cookie {
    size_t count;
    struct cookie_csn csns[COOKIE_SERVERS_MAX];
};

/* False, and nothing set, when it is no such text. A cookie without a CSN is one that knows nothing. */
bool cookie_parse(const char *octets, size_t length, struct cookie *ret);

/* One CSN more, as contextCSN has them. False when it is none, or there are too many servers. */
bool cookie_add(struct cookie *cookie, const char *octets, size_t length);

/* The newer one of each server. False when there are too many servers. */
bool cookie_merge(struct cookie *cookie, const struct cookie *more);

/* Nothing that `ours` knows is missing there. */
bool cookie_covers(const struct cookie *theirs, const struct cookie *ours);

/* "" for one that knows nothing. */
void cookie_write(const struct cookie *cookie, char ret[COOKIE_SIZE]);

#endif
