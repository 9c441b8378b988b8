/*
 * The fully qualified name is the resolver's affair: /etc/hosts on most machines, a name server on some, and one that is
 * dead would be waited for half a minute. So a deputy asks.
 */
#include "own_name.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "terminal/escape.h"
#include "deputy.h"

enum { NAME_SIZE = 256 };

/* In the child. */
static void look(const void *context, void *ret)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_CANONNAME };
    struct addrinfo *found = NULL;

    if (getaddrinfo(context, NULL, &hints, &found) == 0 && found->ai_canonname != NULL)
        snprintf(ret, NAME_SIZE, "%s", found->ai_canonname);
}

/* Some /etc/hosts say that we are localhost, which helps nobody elsewhere. */
static bool is_qualified(const char *name)
{
    return strchr(name, '.') != NULL && print_is_plain(name) && strncmp(name, "localhost.", strlen("localhost.")) != 0;
}

static void find(char ret[NAME_SIZE])
{
    char qualified[NAME_SIZE] = "";

    if (gethostname(ret, NAME_SIZE) != 0 || memchr(ret, '\0', NAME_SIZE) == NULL || ret[0] == '\0' || !print_is_plain(ret))
        snprintf(ret, NAME_SIZE, "this-host");
    else if (!is_qualified(ret) && deputy_ask(look, ret, qualified, sizeof qualified, OWN_NAME_SECONDS) &&
             memchr(qualified, '\0', sizeof qualified) != NULL && is_qualified(qualified))
        memcpy(ret, qualified, NAME_SIZE);
}

const char *own_name(void)
{
    static char name[NAME_SIZE];

    if (name[0] == '\0')
        find(name);
    return name;
}
