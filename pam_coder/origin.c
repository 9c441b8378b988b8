/*
 * Where an attempt came from. One guesser must not be many origins, and must not be able to pass
 * for his victim: so addresses are brought to one form, and what a caller merely says comes last.
 */
#include "origin.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static bool write_ipv4(const unsigned char octets[4], char ret[ORIGIN_SIZE])
{
    snprintf(ret, ORIGIN_SIZE, "ip:%d.%d.%d.%d", octets[0], octets[1], octets[2], octets[3]);
    return true;
}

static bool write_ipv6(struct in6_addr *address, char ret[ORIGIN_SIZE])
{
    char text[INET6_ADDRSTRLEN];

    memset(&address->s6_addr[8], 0, 8); /* a subscriber holds at least a /64 (RFC 6177) */
    inet_ntop(AF_INET6, address, text, sizeof text);
    snprintf(ret, ORIGIN_SIZE, "ip:%s/64", text);
    return true;
}

/* True when `text` is a numeric address, with or without a zone (RFC 4007). */
static bool write_address(const char *text, char ret[ORIGIN_SIZE])
{
    char plain[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    size_t length = strcspn(text, "%");

    if (length == 0 || length >= sizeof plain)
        return false;
    memcpy(plain, text, length);
    plain[length] = '\0';
    if (inet_pton(AF_INET, plain, &v4) == 1)
        return write_ipv4((const unsigned char *)&v4, ret);
    if (inet_pton(AF_INET6, plain, &v6) != 1)
        return false;
    return IN6_IS_ADDR_V4MAPPED(&v6) ? write_ipv4(&v6.s6_addr[12], ret) : write_ipv6(&v6, ret);
}

void origin_of_request(const struct request *request, uint32_t caller_uid, char ret[ORIGIN_SIZE])
{
    if (caller_uid != CODER_OWNER_UID) {
        snprintf(ret, ORIGIN_SIZE, "uid:%u", caller_uid);
        return;
    }
    if (write_address(request->address, ret) || write_address(request->rhost, ret))
        return;
    if (request->rhost[0] != '\0')
        snprintf(ret, ORIGIN_SIZE, "host:%.120s", request->rhost);
    else
        snprintf(ret, ORIGIN_SIZE, "service:%.56s tty:%.56s", request->service, request->tty);
    for (char *p = ret; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
}
