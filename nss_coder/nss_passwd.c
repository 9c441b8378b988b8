/*
 * nss_passwd.c - the passwd map.
 *
 * The principle: the password field is always "x", so that pam_unix goes on to the shadow map,
 * which refuses whoever is suspended, and never lets anyone in by what this map says.
 */
#include "nss_passwd.h"

#include <errno.h>
#include <string.h>

#include "directory.h"
#include "directory_map.h"
#include "directory_read.h"
#include "nss_coder.h"

static const char no_password[] = "x";
static struct nss_coder_cursor cursor;

static enum directory_result passwd_fill(const struct directory_entry *user, struct passwd *ret,
                                         char *buffer, size_t size)
{
    if (size < user->text_length + sizeof(no_password))
        return DIRECTORY_SHORT_BUFFER;
    char *password = buffer + user->text_length;
    memcpy(buffer, user->text, user->text_length);
    memcpy(password, no_password, sizeof(no_password));
    ret->pw_name = buffer;
    ret->pw_passwd = password;
    ret->pw_uid = user->id;
    ret->pw_gid = user->gid;
    ret->pw_gecos = buffer + user->gecos;
    ret->pw_dir = buffer + user->home;
    ret->pw_shell = buffer + user->shell;
    return DIRECTORY_OK;
}

/* By name, or by uid when name is NULL. */
static enum directory_result passwd_find(const char *name, uid_t uid, struct directory_entry *ret)
{
    struct directory_view view;
    struct directory_key key;
    enum directory_result result = nss_coder_open(name, uid, &key, &view);
    if (result != DIRECTORY_OK)
        return result;
    result = directory_find_user(&view, &key, ret);
    directory_view_close(&view);
    return result;
}

enum nss_status _nss_coder_getpwnam_r(const char *name, struct passwd *ret, char *buffer,
                                      size_t size, int *errnop)
{
    int saved_errno = errno;
    struct directory_entry user;
    enum directory_result result = passwd_find(name, 0, &user);
    if (result == DIRECTORY_OK)
        result = passwd_fill(&user, ret, buffer, size);
    return nss_coder_status(result, saved_errno, errnop);
}

enum nss_status _nss_coder_getpwuid_r(uid_t uid, struct passwd *ret, char *buffer, size_t size,
                                      int *errnop)
{
    int saved_errno = errno;
    struct directory_entry user;
    enum directory_result result = passwd_find(NULL, uid, &user);
    if (result == DIRECTORY_OK)
        result = passwd_fill(&user, ret, buffer, size);
    return nss_coder_status(result, saved_errno, errnop);
}

enum nss_status _nss_coder_setpwent(int stayopen)
{
    (void)stayopen;
    int saved_errno = errno;
    int unused;
    return nss_coder_status(nss_coder_cursor_set(&cursor), saved_errno, &unused);
}

enum nss_status _nss_coder_getpwent_r(struct passwd *ret, char *buffer, size_t size, int *errnop)
{
    int saved_errno = errno;
    struct directory_entry user;
    enum directory_result result = nss_coder_cursor_peek(&cursor, directory_user_at, &user);
    if (result == DIRECTORY_OK)
        result = passwd_fill(&user, ret, buffer, size);
    nss_coder_cursor_step(&cursor, result);
    return nss_coder_list_status(result, saved_errno, errnop);
}

enum nss_status _nss_coder_endpwent(void)
{
    nss_coder_cursor_end(&cursor);
    return NSS_STATUS_SUCCESS;
}
