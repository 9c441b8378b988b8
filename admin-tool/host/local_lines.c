/*
 * Lines of /etc/passwd and /etc/group that speak of somebody else's home, group or name.
 */
#include "local_lines.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "sql/account.h"

/* What a line must have; the one that is not NULL counts. */
struct wanted {
    const char *home;
    const uint32_t *uid, *gid;
};

static bool has(const struct passwd *line, struct wanted wanted)
{
    if (wanted.home != NULL)
        return strcmp(line->pw_dir, wanted.home) == 0;
    if (wanted.uid != NULL)
        return line->pw_uid == *wanted.uid;
    return wanted.gid != NULL && line->pw_gid == *wanted.gid;
}

static bool find_user(struct wanted wanted, const char *but, char ret_user[ACCOUNT_NAME_SIZE])
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;
    bool found = false;

    while (file != NULL && !found && (line = fgetpwent(file)) != NULL) {
        found = has(line, wanted) && strcmp(line->pw_name, but) != 0;
        if (found)
            snprintf(ret_user, ACCOUNT_NAME_SIZE, "%s", line->pw_name);
    }
    if (file != NULL)
        fclose(file);
    return found;
}

bool local_find_home(const char *home, const char *but, char ret_user[ACCOUNT_NAME_SIZE])
{
    return find_user((struct wanted){ .home = home }, but, ret_user);
}

bool local_find_primary(uint32_t gid, const char *but, char ret_user[ACCOUNT_NAME_SIZE])
{
    return find_user((struct wanted){ .gid = &gid }, but, ret_user);
}

bool local_find_uid(uint32_t uid, const char *but, char ret_user[ACCOUNT_NAME_SIZE])
{
    return find_user((struct wanted){ .uid = &uid }, but, ret_user);
}

static bool lists(const struct group *line, const char *username)
{
    for (char **member = line->gr_mem; *member != NULL; member++)
        if (strcmp(*member, username) == 0)
            return true;
    return false;
}

bool local_find_member(const char *username, char ret_group[ACCOUNT_NAME_SIZE])
{
    FILE *file = fopen("/etc/group", "re");
    const struct group *line;
    bool found = false;

    while (file != NULL && !found && (line = fgetgrent(file)) != NULL) {
        found = lists(line, username);
        if (found)
            snprintf(ret_group, ACCOUNT_NAME_SIZE, "%s", line->gr_name);
    }
    if (file != NULL)
        fclose(file);
    return found;
}
