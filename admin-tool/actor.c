/*
 * Who does it: the person behind root, for the audit log. The login uid is the kernel's word; what
 * the environment says is a hint, believed only when it looks like what it should be.
 */
#include <arpa/inet.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "print.h"

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

static void find_name(int64_t login_uid, char ret[ACCOUNT_NAME_SIZE])
{
    uid_t uid = login_uid >= 0 ? (uid_t)login_uid : getuid();
    const struct passwd *user = getpwuid(uid);

    if (user != NULL && strlen(user->pw_name) < ACCOUNT_NAME_SIZE && print_is_plain(user->pw_name))
        snprintf(ret, ACCOUNT_NAME_SIZE, "%s", user->pw_name);
    else
        snprintf(ret, ACCOUNT_NAME_SIZE, "%u", (unsigned)uid);
}

static void find_via(char ret[ACCOUNT_NAME_SIZE])
{
    const char *sudo_user = getenv("SUDO_USER");

    if (sudo_user != NULL && strlen(sudo_user) < ACCOUNT_NAME_SIZE && print_is_plain(sudo_user) &&
        getpwnam(sudo_user) != NULL)
        snprintf(ret, ACCOUNT_NAME_SIZE, "%s", sudo_user);
}

/* "ADDRESS PORT ..." of SSH_CONNECTION or SSH_CLIENT (ssh(1)): the address if it is numeric. */
static bool take_address(const char *connection, char ret[ORIGIN_SIZE])
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
    snprintf(ret, ORIGIN_SIZE, "%s", word);
    return true;
}

static void find_origin(char ret[ORIGIN_SIZE])
{
    const char *tty;

    if (take_address(getenv("SSH_CONNECTION"), ret) || take_address(getenv("SSH_CLIENT"), ret))
        return;
    tty = ttyname(STDIN_FILENO);
    if (tty != NULL && strlen(tty) < ORIGIN_SIZE && print_is_plain(tty))
        snprintf(ret, ORIGIN_SIZE, "%s", tty);
}

void actor_find(struct actor *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->audit.login_uid = read_login_uid();
    find_name(ret->audit.login_uid, ret->name);
    find_via(ret->via);
    find_origin(ret->origin);
    ret->audit.name = ret->name;
    ret->audit.via = ret->via;
    ret->audit.origin = ret->origin;
}
