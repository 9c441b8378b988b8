/*
 * nss_group.c - the group map and supplementary groups.
 *
 * The principle: role groups and every user's private group, and never gid 0. What a login is
 * granted comes from the user's own list (initgroups), not from what the groups show as members.
 */
#include "nss_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "directory_map.h"
#include "directory_read.h"
#include "nss_coder.h"

static const char no_password[] = "x";
static struct nss_coder_cursor cursor;

/* In the buffer: pointers to members (aligned, NULL-ended), name, password, the members' names. */
static enum directory_result group_fill(const struct directory_view *view,
                                        const struct directory_entry *group, struct group *ret,
                                        char *buffer, size_t size)
{
    size_t alignment = _Alignof(char *);
    size_t padding = (alignment - (uintptr_t)buffer % alignment) % alignment;
    uint64_t pointers = ((uint64_t)group->list_count + 1) * sizeof(char *);
    size_t name_size = group->name_length + 1U;
    if (size < padding + pointers + name_size + sizeof(no_password) + group->list_length)
        return DIRECTORY_SHORT_BUFFER;

    char **members = (char **)(void *)(buffer + padding);
    char *name = buffer + padding + pointers;
    char *password = name + name_size;
    enum directory_result result =
        directory_group_members(view, group, password + sizeof(no_password), members);
    if (result != DIRECTORY_OK)
        return result;
    memcpy(name, group->text, name_size);
    memcpy(password, no_password, sizeof(no_password));
    ret->gr_name = name;
    ret->gr_passwd = password;
    ret->gr_gid = group->id;
    ret->gr_mem = members;
    return DIRECTORY_OK;
}

/* By name, or by gid when name is NULL. */
static enum directory_result group_get(const char *name, gid_t gid, struct group *ret, char *buffer,
                                       size_t size)
{
    struct directory_view view;
    struct directory_key key;
    enum directory_result result = nss_coder_open(name, gid, &key, &view);
    if (result != DIRECTORY_OK)
        return result;
    struct directory_entry group;
    result = directory_find_group(&view, &key, &group);
    if (result == DIRECTORY_OK)
        result = group_fill(&view, &group, ret, buffer, size);
    directory_view_close(&view);
    return result;
}

enum nss_status _nss_coder_getgrnam_r(const char *name, struct group *ret, char *buffer,
                                      size_t size, int *errnop)
{
    int saved_errno = errno;
    return nss_coder_status(group_get(name, 0, ret, buffer, size), saved_errno, errnop);
}

enum nss_status _nss_coder_getgrgid_r(gid_t gid, struct group *ret, char *buffer, size_t size,
                                      int *errnop)
{
    int saved_errno = errno;
    return nss_coder_status(group_get(NULL, gid, ret, buffer, size), saved_errno, errnop);
}

enum nss_status _nss_coder_setgrent(int stayopen)
{
    (void)stayopen;
    int saved_errno = errno;
    int unused;
    return nss_coder_status(nss_coder_cursor_set(&cursor), saved_errno, &unused);
}

enum nss_status _nss_coder_getgrent_r(struct group *ret, char *buffer, size_t size, int *errnop)
{
    int saved_errno = errno;
    struct directory_entry group;
    enum directory_result result = nss_coder_cursor_peek(&cursor, directory_group_at, &group);
    if (result == DIRECTORY_OK)
        result = group_fill(&cursor.view, &group, ret, buffer, size);
    nss_coder_cursor_step(&cursor, result);
    return nss_coder_list_status(result, saved_errno, errnop);
}

enum nss_status _nss_coder_endgrent(void)
{
    nss_coder_cursor_end(&cursor);
    return NSS_STATUS_SUCCESS;
}

static enum directory_result gids_get(const char *user, uint32_t ret[DIRECTORY_GIDS_MAX],
                                      size_t *ret_count)
{
    struct directory_view view;
    struct directory_key key;
    enum directory_result result = nss_coder_open(user, 0, &key, &view);
    if (result != DIRECTORY_OK)
        return result;
    result = directory_find_gids(&view, &key, ret, ret_count);
    directory_view_close(&view);
    return result;
}

static bool is_among(gid_t gid, const gid_t *gids, long int count)
{
    for (long int i = 0; i < count; i++) {
        if (gids[i] == gid)
            return true;
    }
    return false;
}

/* Make room for wanted gids, or for limit (if above 0) where that is less. */
static enum directory_result gids_reserve(gid_t **groups, long int *size, long int wanted,
                                          long int limit)
{
    if (limit > 0 && wanted > limit)
        wanted = limit;
    if (wanted <= *size)
        return DIRECTORY_OK;
    gid_t *grown = realloc(*groups, (size_t)wanted * sizeof(*grown));
    if (grown == NULL)
        return DIRECTORY_NO_RESOURCES;
    *groups = grown;
    *size = wanted;
    return DIRECTORY_OK;
}

enum nss_status _nss_coder_initgroups_dyn(const char *user, gid_t skip, long int *start,
                                          long int *size, gid_t **groups, long int limit,
                                          int *errnop)
{
    int saved_errno = errno;
    uint32_t gids[DIRECTORY_GIDS_MAX];
    size_t count = 0;
    enum directory_result result = gids_get(user, gids, &count);
    if (result == DIRECTORY_OK)
        result = gids_reserve(groups, size, *start + (long int)count, limit);
    if (result == DIRECTORY_NOT_FOUND) /* a list, too: an empty one */
        return nss_coder_list_status(result, saved_errno, errnop);
    if (result != DIRECTORY_OK)
        return nss_coder_status(result, saved_errno, errnop);

    /* What exceeds the limit is left out without an error: the caller asked for no more. */
    for (size_t i = 0; i < count && *start < *size; i++) {
        if (gids[i] != skip && !is_among(gids[i], *groups, *start))
            (*groups)[(*start)++] = gids[i];
    }
    return nss_coder_status(DIRECTORY_OK, saved_errno, errnop);
}
