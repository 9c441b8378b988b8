/*
 * A numeric address (RFC 4291, RFC 4007), and whether it is this machine's own: whoever has a shell here has
 * thousands of those for nothing.
 */
#ifndef CODER_ADDRESS_H
#define CODER_ADDRESS_H

#include <arpa/inet.h>
#include <stdbool.h>

/* In one form: v4-mapped is IPv4 (RFC 4291 2.5.5.2), a zone is left out. */
struct address {
    int family; /* AF_INET or AF_INET6 */
    union {
        struct in_addr v4;
        struct in6_addr v6;
    } host;
};

enum { ADDRESS_TEXT_SIZE = INET6_ADDRSTRLEN + 4 };

/* True when `text` is a numeric address, with or without a zone. */
bool address_parse(const char *text, struct address *ret);

bool address_is_equal(const struct address *one, const struct address *other);

/*
 * True for loopback, unspecified and link-local addresses, and for those the kernel delivers to this host: it is
 * asked by its routing table, which knows whole blocks that no interface lists. Sends nothing.
 */
bool address_is_local(const struct address *address);

/* IPv4 whole, IPv6 as its /64: a subscriber holds at least that (RFC 6177). */
void address_write_network(const struct address *address, char ret[ADDRESS_TEXT_SIZE]);
void address_write(const struct address *address, char ret[ADDRESS_TEXT_SIZE]);

#endif
