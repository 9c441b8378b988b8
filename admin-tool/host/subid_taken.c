/*
 * Ids that must be nobody's subordinate ones, read from the files and the store, not from NSS: a slow source may know
 * a million users.
 */
#include "subid_taken.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>

#include "sql/store.h"
#include "sql/store_accounts.h"

static bool add_id(struct id_ranges *taken, unsigned long id)
{
    return id_ranges_add(taken, (struct id_range){ .first = id, .count = 1 });
}

/* How fgetpwent(3) ended, or fopen(3). */
static bool is_whole(FILE *file, int error)
{
    if (file != NULL)
        fclose(file);
    return error == 0 || error == ENOENT;
}

static bool add_users(struct id_ranges *taken, unsigned long min)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *user;
    bool good = true;
    int error = errno;

    while (file != NULL && good && (errno = 0, user = fgetpwent(file)) != NULL)
        good = (user->pw_uid < min || add_id(taken, user->pw_uid)) &&
               (user->pw_gid < min || add_id(taken, user->pw_gid));
    if (file != NULL)
        error = errno;
    return is_whole(file, error) && good;
}

static bool add_groups(struct id_ranges *taken, unsigned long min)
{
    FILE *file = fopen("/etc/group", "re");
    const struct group *group;
    bool good = true;
    int error = errno;

    while (file != NULL && good && (errno = 0, group = fgetgrent(file)) != NULL)
        good = group->gr_gid < min || add_id(taken, group->gr_gid);
    if (file != NULL)
        error = errno;
    return is_whole(file, error) && good;
}

/* A deleted account's, too: its files may be there. */
static bool add_ours(struct store *store, struct id_ranges *taken, unsigned long min)
{
    enum store_result result = STORE_NOT_FOUND;
    uint32_t uid = 0;

    for (unsigned long from = min; from <= UINT32_MAX; from = uid + 1UL) {
        result = store_uid_from(store, (uint32_t)from, &uid);
        if (result != STORE_OK || !add_id(taken, uid))
            break;
    }
    return result == STORE_NOT_FOUND;
}

bool subid_taken_read(struct store *store, unsigned long min, struct id_ranges *ret)
{
    return add_users(ret, min) && add_groups(ret, min) && add_ours(store, ret, min);
}
