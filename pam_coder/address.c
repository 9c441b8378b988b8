/*
 * Numeric addresses, brought to one form before they are compared.
 */
#include "address.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool address_parse(const char *text, struct address *ret)
{
    char plain[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%");

    memset(ret, 0, sizeof *ret);
    if (length == 0 || length >= sizeof plain)
        return false;
    memcpy(plain, text, length);
    plain[length] = '\0';
    ret->family = AF_INET;
    if (inet_pton(AF_INET, plain, &ret->host.v4) == 1)
        return true;
    ret->family = AF_INET6;
    if (inet_pton(AF_INET6, plain, &ret->host.v6) != 1)
        return false;
    if (IN6_IS_ADDR_V4MAPPED(&ret->host.v6)) {
        struct in_addr v4;

        memcpy(&v4, &ret->host.v6.s6_addr[12], sizeof v4);
        memset(ret, 0, sizeof *ret);
        ret->family = AF_INET;
        ret->host.v4 = v4;
    }
    return true;
}

bool address_is_equal(const struct address *one, const struct address *other)
{
    size_t size = one->family == AF_INET ? sizeof one->host.v4 : sizeof one->host.v6;

    return one->family == other->family && memcmp(&one->host, &other->host, size) == 0;
}

/* RFC 1122 3.2.1.3 (0/8, 127/8), RFC 3927 (169.254/16), RFC 4291 2.5.2, 2.5.3, 2.5.6. */
static bool is_special(const struct address *address)
{
    const struct in6_addr *v6 = &address->host.v6;
    uint32_t v4 = ntohl(address->host.v4.s_addr);

    if (address->family == AF_INET)
        return v4 >> 24 == 0 || v4 >> 24 == 127 || v4 >> 16 == 0xa9fe;
    return IN6_IS_ADDR_UNSPECIFIED(v6) || IN6_IS_ADDR_LOOPBACK(v6) || IN6_IS_ADDR_LINKLOCAL(v6);
}

static socklen_t to_socket_address(const struct address *address, struct sockaddr_storage *ret)
{
    enum { DISCARD = 9 }; /* RFC 863; nothing is sent there, but a port there must be */
    struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;

    memset(ret, 0, sizeof *ret);
    ret->ss_family = (sa_family_t)address->family;
    if (address->family == AF_INET) {
        v4->sin_addr = address->host.v4;
        v4->sin_port = htons(DISCARD);
        return sizeof *v4;
    }
    v6->sin6_addr = address->host.v6;
    v6->sin6_port = htons(DISCARD);
    return sizeof *v6;
}

/* What the kernel delivers here it reaches from that very address. */
static bool is_delivered_here(const struct address *address)
{
    struct sockaddr_storage there, here;
    socklen_t size = to_socket_address(address, &there), here_size = sizeof here;
    struct address source = { .family = address->family };
    int fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool found;

    if (fd == -1)
        return false;
    found = connect(fd, (const struct sockaddr *)&there, size) == 0 &&
            getsockname(fd, (struct sockaddr *)&here, &here_size) == 0;
    close(fd);
    if (!found)
        return false;
    if (address->family == AF_INET)
        source.host.v4 = ((struct sockaddr_in *)&here)->sin_addr;
    else
        source.host.v6 = ((struct sockaddr_in6 *)&here)->sin6_addr;
    return address_is_equal(address, &source);
}

bool address_is_local(const struct address *address)
{
    return is_special(address) || is_delivered_here(address);
}

void address_write(const struct address *address, char ret[ADDRESS_TEXT_SIZE])
{
    ret[0] = '\0'; /* inet_ntop cannot fail: the family is one of two, the room is enough */
    inet_ntop(address->family, &address->host, ret, INET6_ADDRSTRLEN);
}

void address_write_network(const struct address *address, char ret[ADDRESS_TEXT_SIZE])
{
    struct address network = *address;

    if (address->family == AF_INET6)
        memset(&network.host.v6.s6_addr[8], 0, 8);
    address_write(&network, ret);
    if (address->family == AF_INET6)
        snprintf(ret + strlen(ret), 4, "/64");
}
