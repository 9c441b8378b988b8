/*
 * Where an attempt came from. One guesser must not be many origins, and must not be able to pass
 * for his victim: so addresses are brought to one form, what costs nothing to have more of is one origin, and
 * what a caller merely says comes last.
 */
#include "origin.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "sql/activity.h"
#include "sql/ascii.h"
#include "address.h"
#include "request.h"
#include "subordinate.h"

enum precision { KEY, PLACE };

/* -- callers ------------------------------------------------------------------------------ */

/* Nobody's own uid is in such a range, so who asks about himself is not looked up. */
static void write_caller(const struct request *request, uint32_t uid, char ret[ORIGIN_SIZE])
{
    char owner[SUBORDINATE_OWNER_SIZE];

    if (request->uid != uid && subordinate_owner(SUBORDINATE_PATH, uid, owner))
        snprintf(ret, ORIGIN_SIZE, "subuid:%s", owner);
    else
        snprintf(ret, ORIGIN_SIZE, "uid:%u", uid);
}

/* -- addresses ---------------------------------------------------------------------------- */

/* The client's address is the server's, or is this host's by itself. */
static bool is_local(const struct request *request, const struct address *client)
{
    struct address server;

    return (address_parse(request->server, &server) && address_is_equal(client, &server)) ||
           address_is_local(client);
}

static bool write_address(const struct request *request, const char *text,
                          enum precision precision, char ret[ORIGIN_SIZE])
{
    char address[ADDRESS_TEXT_SIZE];
    struct address client;

    if (!address_parse(text, &client))
        return false;
    if (!is_local(request, &client)) {
        address_write_network(&client, address);
        snprintf(ret, ORIGIN_SIZE, "ip:%s", address);
    } else if (precision == KEY) {
        snprintf(ret, ORIGIN_SIZE, ORIGIN_LOCAL);
    } else {
        address_write(&client, address);
        snprintf(ret, ORIGIN_SIZE, "ip:%s", address);
    }
    return true;
}

/* -- names -------------------------------------------------------------------------------- */

/* The same name, or one of both without its domain. */
static bool is_same_host(const char *one, const char *other)
{
    return ascii_is(one, other) || ascii_equals(one, strcspn(one, "."), other) ||
           ascii_equals(other, strcspn(other, "."), one);
}

/* Debian's names of loopback in hosts(5), RFC 6761 6.3, and the name of this machine. */
static bool is_own_name(const char *text)
{
    static const char *const names[] = { "localhost",  "localhost.localdomain", "localhost4",
                                         "localhost6", "ip6-localhost",         "ip6-loopback" };
    static const char domain[] = ".localhost";
    struct utsname machine;
    char name[sizeof ((struct request *)NULL)->rhost];
    size_t length = strlen(text);

    if (length > 0 && text[length - 1] == '.')
        length--; /* fully qualified (RFC 1034 3.1) */
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (ascii_is(name, names[i]))
            return true;
    if (length >= sizeof domain && ascii_is(name + length - (sizeof domain - 1), domain))
        return true;
    return length > 0 && uname(&machine) == 0 && is_same_host(name, machine.nodename);
}

/* -- the rest ----------------------------------------------------------------------------- */

/* "pts/3" and "tty2" without their number: another one costs a new window or a key. */
static int kind_length(const char *tty)
{
    size_t length = strlen(tty);

    while (length > 0 && tty[length - 1] >= '0' && tty[length - 1] <= '9')
        length--;
    return (int)(length < 56 ? length : 56);
}

static void write_terminal(const struct request *request, enum precision precision,
                           char ret[ORIGIN_SIZE])
{
    int length = precision == KEY ? kind_length(request->tty) : 56;

    snprintf(ret, ORIGIN_SIZE, "service:%.56s tty:%.*s", request->service, length, request->tty);
}

static void write_origin(const struct request *request, uint32_t caller_uid,
                         enum precision precision, char ret[ORIGIN_SIZE])
{
    if (caller_uid != CODER_OWNER_UID)
        write_caller(request, caller_uid, ret);
    else if (write_address(request, request->address, precision, ret) ||
             write_address(request, request->rhost, precision, ret))
        return;
    else if (request->rhost[0] == '\0')
        write_terminal(request, precision, ret);
    else if (precision == KEY && is_own_name(request->rhost))
        snprintf(ret, ORIGIN_SIZE, ORIGIN_LOCAL);
    else
        snprintf(ret, ORIGIN_SIZE, "host:%.120s", request->rhost);
    for (char *p = ret; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
}

void origin_of_request(const struct request *request, uint32_t caller_uid, char ret[ORIGIN_SIZE])
{
    write_origin(request, caller_uid, KEY, ret);
}

void origin_place(const struct request *request, uint32_t caller_uid, char ret[ORIGIN_SIZE])
{
    write_origin(request, caller_uid, PLACE, ret);
}
