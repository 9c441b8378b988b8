/*
 * Lines of /etc/passwd and /etc/group that speak of somebody else's home, group or name.
 */
#include "local_lines.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "sql/account.h"

/* home: NULL, then the group counts. */
static bool find_user(const char *home, uint32_t gid, const char *but,
                      char ret_user[ACCOUNT_NAME_SIZE])
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;
    bool found = false;

    while (file != NULL && !found && (line = fgetpwent(file)) != NULL) {
        found = (home != NULL ? strcmp(line->pw_dir, home) == 0 : line->pw_gid == gid) &&
                strcmp(line->pw_name, but) != 0;
        if (found)
            snprintf(ret_user, ACCOUNT_NAME_SIZE, "%s", line->pw_name);
    }
    if (file != NULL)
        fclose(file);
    return found;
}

bool local_find_home(const char *home, const char *but, char ret_user[ACCOUNT_NAME_SIZE])
{
    return find_user(home, 0, but, ret_user);
}

bool local_find_primary(uint32_t gid, const char *but, char ret_user[ACCOUNT_NAME_SIZE])
{
    return find_user(NULL, gid, but, ret_user);
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
