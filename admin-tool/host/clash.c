/*
 * Names and ids of accounts that others of this machine have.
 */
#include "clash.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "sql/primary_group.h"
#include "local_lines.h"

bool clash_say(char ret_reason[CLASH_REASON_SIZE], const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(ret_reason, CLASH_REASON_SIZE, format, list);
    va_end(list);
    return true;
}

/* A lookup without an answer; errno is 0 or as getpwnam(3) leaves it for "not found". */
static bool is_unknown(char ret_reason[CLASH_REASON_SIZE], const char *what)
{
    int error = errno;

    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
        return false;
    return clash_say(ret_reason, "it cannot be found out whether its %s is taken: %s", what,
               strerror(error));
}

static bool find_name(const struct account *account, bool ours, char ret_reason[CLASH_REASON_SIZE])
{
    const struct passwd *user = (errno = 0, getpwnam(account->username));
    const struct group *group;

    if (user == NULL && is_unknown(ret_reason, "name"))
        return true;
    if (user != NULL && !(ours && user->pw_uid == account->uid))
        return clash_say(ret_reason, "the name is taken by a user of this machine, uid %u", user->pw_uid);
    if (!account_has_private_group(account))
        return false;
    group = (errno = 0, getgrnam(account->username));
    if (group == NULL)
        return is_unknown(ret_reason, "name");
    if (!(ours && group->gr_gid == account->uid))
        return clash_say(ret_reason, "the name is taken by a group of this machine, id %u",
                   group->gr_gid);
    return false;
}

/* A line of /etc/passwd may name a group that is in no other place. */
static bool find_primary(const struct account *account, bool ours,
                         char ret_reason[CLASH_REASON_SIZE])
{
    char name[ACCOUNT_NAME_SIZE];

    return local_find_primary(account->uid, ours ? account->username : "", name) &&
           clash_say(ret_reason, "id %u is the primary group of %s of this machine", account->uid, name);
}

/* NSS tells of the first who has a uid, and that may be the account itself. */
static bool find_second(const struct account *account, bool ours, char ret_reason[CLASH_REASON_SIZE])
{
    char name[ACCOUNT_NAME_SIZE];

    return ours && local_find_uid(account->uid, account->username, name) &&
           clash_say(ret_reason, "uid %u is taken by the user %s of this machine", account->uid, name);
}

static bool find_id(const struct account *account, bool ours, char ret_reason[CLASH_REASON_SIZE])
{
    const struct passwd *user = (errno = 0, getpwuid(account->uid));
    const struct group *group;

    if (user == NULL && is_unknown(ret_reason, "uid"))
        return true;
    if (user != NULL && !(ours && strcmp(user->pw_name, account->username) == 0))
        return clash_say(ret_reason, "uid %u is taken by the user %.64s of this machine", account->uid,
                   user->pw_name);
    if (!account_has_private_group(account))
        return find_second(account, ours, ret_reason);
    group = (errno = 0, getgrgid(account->uid));
    if (group == NULL && is_unknown(ret_reason, "uid"))
        return true;
    if (group != NULL && !(ours && strcmp(group->gr_name, account->username) == 0))
        return clash_say(ret_reason, "id %u is taken by the group %.64s of this machine", account->uid,
                   group->gr_name);
    return find_second(account, ours, ret_reason) || find_primary(account, ours, ret_reason);
}

bool clash_find_identity(const struct account *account, bool ours, char ret_reason[CLASH_REASON_SIZE])
{
    return find_name(account, ours, ret_reason) || find_id(account, ours, ret_reason);
}
