/*
 * Names and ids that are taken on this machine, by whichever source.
 */
#include "names.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "local_lines.h"

/* What getpwnam(3) leaves in errno for "no such user"; all else is a source that cannot say. */
static bool is_not_found(int error)
{
    return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

/* After a lookup: taken as a user, taken as a group, unknown, or nobody's. */
static enum status judge(bool user, bool group, int error, const char *what)
{
    if (user || group)
        return tool_refuse_as(KIND_TAKEN, NULL, what, "%s is taken by a %s of this machine; choose another",
                           what, user ? "user" : "group");
    if (!is_not_found(error))
        return tool_refuse(STATUS_FAILED, "cannot find out whether %s is taken: %s; try again",
                           what, strerror(error));
    return GO_ON;
}

enum status host_name_is_free(const char *username)
{
    bool user, group;
    int error;

    errno = 0;
    user = getpwnam(username) != NULL;
    error = errno;
    errno = 0;
    group = getgrnam(username) != NULL;
    return judge(user, group, is_not_found(error) ? errno : error, username);
}

/* A line of /etc/passwd may name a group that is in no other place. */
static bool is_primary(uint32_t gid)
{
    char user[ACCOUNT_NAME_SIZE];

    return local_find_primary(gid, "", user);
}

enum status host_uid_is_free(uint32_t uid)
{
    char what[32];
    bool user, group;
    int error;

    snprintf(what, sizeof what, "uid %u", uid);
    errno = 0;
    user = getpwuid(uid) != NULL;
    error = errno;
    errno = 0;
    group = getgrgid(uid) != NULL;
    if (!user && !group && is_primary(uid))
        return tool_refuse_as(KIND_TAKEN, NULL, what, "%s is the primary group of a user of this machine; choose "
                           "another", what);
    return judge(user, group, is_not_found(error) ? errno : error, what);
}

bool host_has_id(uint32_t id)
{
    return getpwuid(id) != NULL || getgrgid(id) != NULL || is_primary(id);
}

/* The file itself, not NSS: neither a slow source nor a group of our own is asked. */
bool host_find_group(const char *name, uint32_t *ret)
{
    FILE *file = fopen("/etc/group", "re");
    const struct group *group;
    bool found = false;
    int error = errno;

    while (file != NULL && !found && (errno = 0, group = fgetgrent(file)) != NULL) {
        found = strcmp(group->gr_name, name) == 0;
        if (found)
            *ret = group->gr_gid;
    }
    if (file != NULL) {
        error = errno;
        fclose(file);
    }
    errno = error == ENOENT ? 0 : error; /* fgetgrent(3) may leave it at the end, too */
    return found;
}
