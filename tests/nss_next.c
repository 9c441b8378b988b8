/*
 * nss_next.c - a second NSS service for tests: it knows every user, as 4242. Behind "coder" in
 * nsswitch.conf it tells whether glibc went on, which is what our statuses are for.
 */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

#define NEXT __attribute__((visibility("default")))

enum { NEXT_ID = 4242 };

NEXT enum nss_status _nss_next_getpwnam_r(const char *name, struct passwd *ret, char *buffer,
                                          size_t size, int *errnop);
NEXT enum nss_status _nss_next_initgroups_dyn(const char *user, gid_t skip, long int *start,
                                              long int *size, gid_t **groups, long int limit,
                                              int *errnop);

enum nss_status _nss_next_getpwnam_r(const char *name, struct passwd *ret, char *buffer,
                                     size_t size, int *errnop)
{
    static char nothing[] = "";

    if ((size_t)snprintf(buffer, size, "%s", name) >= size) {
        *errnop = ERANGE;
        return NSS_STATUS_TRYAGAIN;
    }
    *ret = (struct passwd){
        .pw_name = buffer, .pw_passwd = nothing, .pw_uid = NEXT_ID, .pw_gid = NEXT_ID,
        .pw_gecos = nothing, .pw_dir = nothing, .pw_shell = nothing,
    };
    return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_next_initgroups_dyn(const char *user, gid_t skip, long int *start,
                                         long int *size, gid_t **groups, long int limit,
                                         int *errnop)
{
    gid_t *grown = *groups;

    (void)user;
    (void)skip;
    (void)limit;
    (void)errnop;
    if (*start == *size) {
        grown = realloc(*groups, (size_t)(*size + 1) * sizeof *grown);
        if (grown == NULL)
            return NSS_STATUS_TRYAGAIN;
        *groups = grown;
        *size += 1;
    }
    grown[(*start)++] = NEXT_ID;
    return NSS_STATUS_SUCCESS;
}
