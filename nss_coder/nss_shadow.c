/*
 * nss_shadow.c - the shadow map: suspended users only.
 *
 * The principle: this map can only refuse. pam_unix's account phase lets in whoever has no expired
 * entry, and sshd without UsePAM looks at nothing else; so a suspended user's entry is locked and
 * long expired, and nobody else has one.
 */
#include "nss_shadow.h"

#include <errno.h>
#include <string.h>

#include "directory.h"
#include "directory_map.h"
#include "directory_read.h"
#include "nss_coder.h"

/* Days since 1970, shadow(5). Never 0, which means "must change the password" and nothing more. */
#define LONG_PAST 1
#define EMPTY_FIELD (-1)

static const char locked[] = "!";
static struct nss_coder_cursor cursor;

static enum directory_result shadow_fill(const struct directory_entry *user, struct spwd *ret,
                                         char *buffer, size_t size)
{
    size_t name_size = user->name_length + 1U;
    if (size < name_size + sizeof(locked))
        return DIRECTORY_SHORT_BUFFER;
    memcpy(buffer, user->text, name_size);
    memcpy(buffer + name_size, locked, sizeof(locked));
    *ret = (struct spwd){
        .sp_namp = buffer,
        .sp_pwdp = buffer + name_size,
        .sp_lstchg = LONG_PAST,
        .sp_min = EMPTY_FIELD,
        .sp_max = EMPTY_FIELD,
        .sp_warn = EMPTY_FIELD,
        .sp_inact = EMPTY_FIELD,
        .sp_expire = LONG_PAST,
        .sp_flag = (unsigned long)EMPTY_FIELD,
    };
    return DIRECTORY_OK;
}

static enum directory_result shadow_find(const char *name, struct directory_entry *ret)
{
    struct directory_view view;
    struct directory_key key;
    enum directory_result result = nss_coder_open(name, 0, &key, &view);
    if (result != DIRECTORY_OK)
        return result;
    result = directory_find_user(&view, &key, ret);
    directory_view_close(&view);
    if (result == DIRECTORY_OK && !ret->suspended)
        return DIRECTORY_NOT_FOUND;
    return result;
}

static enum directory_result shadow_at(const struct directory_view *view, uint64_t index,
                                       struct directory_entry *ret)
{
    enum directory_result result = directory_user_at(view, index, ret);
    if (result == DIRECTORY_OK && !ret->suspended)
        return DIRECTORY_UNAVAILABLE;
    return result;
}

enum nss_status _nss_coder_getspnam_r(const char *name, struct spwd *ret, char *buffer, size_t size,
                                      int *errnop)
{
    int saved_errno = errno;
    struct directory_entry user;
    enum directory_result result = shadow_find(name, &user);
    if (result == DIRECTORY_OK)
        result = shadow_fill(&user, ret, buffer, size);
    return nss_coder_status(result, saved_errno, errnop);
}

enum nss_status _nss_coder_setspent(int stayopen)
{
    (void)stayopen;
    int saved_errno = errno;
    int unused;
    return nss_coder_status(nss_coder_cursor_set(&cursor), saved_errno, &unused);
}

enum nss_status _nss_coder_getspent_r(struct spwd *ret, char *buffer, size_t size, int *errnop)
{
    int saved_errno = errno;
    struct directory_entry user;
    enum directory_result result = nss_coder_cursor_peek(&cursor, shadow_at, &user);
    if (result == DIRECTORY_OK)
        result = shadow_fill(&user, ret, buffer, size);
    nss_coder_cursor_step(&cursor, result);
    return nss_coder_list_status(result, saved_errno, errnop);
}

enum nss_status _nss_coder_endspent(void)
{
    nss_coder_cursor_end(&cursor);
    return NSS_STATUS_SUCCESS;
}
