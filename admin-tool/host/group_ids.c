/*
 * The gids of /etc/group. The file itself, not NSS: neither a slow source nor a group of our own is asked.
 */
#include "group_ids.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *one, const void *other)
{
    uint32_t a, b;

    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return (a > b) - (a < b);
}

static bool read_all(FILE *file, struct group_ids *ids)
{
    const struct group *group;
    size_t room = 0;

    while ((errno = 0, group = fgetgrent(file)) != NULL) {
        if (ids->count == room) {
            uint32_t *grown = reallocarray(ids->ids, room = room * 2 + 64, sizeof *grown);

            if (grown == NULL)
                return false;
            ids->ids = grown;
        }
        ids->ids[ids->count++] = group->gr_gid;
    }
    return errno == 0 || errno == ENOENT; /* fgetgrent(3) may leave it at the end */
}

bool group_ids_read(struct group_ids *ret)
{
    FILE *file = fopen("/etc/group", "re");
    bool good;
    int error;

    *ret = (struct group_ids){ NULL, 0 };
    good = file != NULL ? read_all(file, ret) : errno == ENOENT;
    error = errno;
    if (file != NULL)
        fclose(file);
    if (ret->count > 0)
        qsort(ret->ids, ret->count, sizeof *ret->ids, compare);
    errno = error;
    return good;
}

void group_ids_free(struct group_ids *ids)
{
    free(ids->ids);
    *ids = (struct group_ids){ NULL, 0 };
}

bool group_ids_have(const struct group_ids *ids, uint32_t gid)
{
    return ids->count > 0 && bsearch(&gid, ids->ids, ids->count, sizeof gid, compare) != NULL;
}
