/*
 * Who does it: the person behind root, for the audit log. What the system knows comes first; what only the environment
 * says anybody with root's rights can write there, so it is marked as a claim, and taken only when it looks like what it
 * should be.
 */
#include "actor.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/ancestors.h"
#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/escape.h"

#define CLAIMED " (claimed)" /* no name and no address ends so */

/* -1 when it was never set (credentials(7): 4294967295), or there is no such file. */
static int64_t read_login_uid(void)
{
    FILE *file = fopen("/proc/self/loginuid", "re");
    unsigned long uid = UINT32_MAX;
    char text[16], *end;

    if (file == NULL)
        return -1;
    if (fgets(text, sizeof text, file) != NULL) {
        uid = strtoul(text, &end, 10);
        if (end == text)
            uid = UINT32_MAX;
    }
    fclose(file);
    return uid < UINT32_MAX ? (int64_t)uid : -1;
}

static void write_name(uid_t uid, char ret[ACCOUNT_NAME_SIZE])
{
    const struct passwd *user = getpwuid(uid);

    if (user != NULL && strlen(user->pw_name) < ACCOUNT_NAME_SIZE && print_is_plain(user->pw_name))
        snprintf(ret, ACCOUNT_NAME_SIZE, "%s", user->pw_name);
    else
        snprintf(ret, ACCOUNT_NAME_SIZE, "%u", (unsigned)uid);
}

/* -- by whom ------------------------------------------------------------------------------ */

/* Root needs nobody's sudo. */
static bool is_another(const char *name)
{
    const struct passwd *user = getpwnam(name);

    return user != NULL && user->pw_uid != 0;
}

static void find_via(const struct ancestors *ancestors, struct actor *ret)
{
    const char *sudo_user = getenv("SUDO_USER");
    uid_t uid;

    if (ancestors_person(ancestors, &uid)) {
        write_name(uid, ret->via);
        snprintf(ret->via_text, sizeof ret->via_text, "%s", ret->via);
    } else if (sudo_user != NULL && strlen(sudo_user) < sizeof ret->via &&
               print_is_plain(sudo_user) && is_another(sudo_user)) {
        snprintf(ret->via, sizeof ret->via, "%s", sudo_user);
        snprintf(ret->via_text, sizeof ret->via_text, "%s" CLAIMED, ret->via);
    }
}

/* -- from where --------------------------------------------------------------------------- */

/* "ADDRESS PORT ..." of SSH_CONNECTION or SSH_CLIENT (ssh(1)): the address if it is numeric. */
static bool claim_address(const char *connection, char *ret, size_t size)
{
    unsigned char binary[sizeof(struct in6_addr)];
    char word[INET6_ADDRSTRLEN];
    size_t length = connection != NULL ? strcspn(connection, " ") : 0;

    if (length == 0 || length >= sizeof word)
        return false;
    memcpy(word, connection, length);
    word[length] = '\0';
    if (inet_pton(AF_INET, word, binary) != 1 && inet_pton(AF_INET6, word, binary) != 1)
        return false;
    snprintf(ret, size, "%s" CLAIMED, word);
    return true;
}

/* Who listens for both speaks of IPv4 in IPv6 (RFC 4291 2.5.5.2); one address has one form in the log. */
static void write_plain_address(char *origin)
{
    static const char mapped[] = "::ffff:";
    size_t length = strlen(mapped);

    if (strncmp(origin, mapped, length) == 0 && strchr(origin, '.') != NULL)
        memmove(origin, origin + length, strlen(origin + length) + 1);
}

static void find_origin(const struct ancestors *ancestors, char *ret, size_t size)
{
    const char *tty;

    if (ancestors_place(ancestors, ret, size) || claim_address(getenv("SSH_CONNECTION"), ret, size) ||
        claim_address(getenv("SSH_CLIENT"), ret, size))
        return;
    tty = ttyname(STDIN_FILENO);
    if (tty != NULL && strlen(tty) < size && print_is_plain(tty))
        snprintf(ret, size, "%s", tty);
}

void actor_find(struct actor *ret)
{
    struct ancestors ancestors;

    memset(ret, 0, sizeof *ret);
    ancestors_read(&ancestors);
    ret->audit.login_uid = read_login_uid();
    write_name(ret->audit.login_uid >= 0 ? (uid_t)ret->audit.login_uid : getuid(), ret->name);
    find_via(&ancestors, ret);
    find_origin(&ancestors, ret->origin, sizeof ret->origin);
    write_plain_address(ret->origin);
    ret->audit.name = ret->name;
    ret->audit.via = ret->via_text;
    ret->audit.origin = ret->origin;
}
