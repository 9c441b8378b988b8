/*
 * Entry points of the group map.
 */
#ifndef CODER_NSS_GROUP_H
#define CODER_NSS_GROUP_H

#include <grp.h>
#include <nss.h>
#include <shadow.h>
#include <stddef.h>
#include <sys/types.h>

#include "nss_coder.h"

NSS_CODER_EXPORT enum nss_status _nss_coder_getgrnam_r(const char *name, struct group *ret,
                                                       char *buffer, size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_getgrgid_r(gid_t gid, struct group *ret, char *buffer,
                                                       size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_setgrent(int stayopen);
NSS_CODER_EXPORT enum nss_status _nss_coder_getgrent_r(struct group *ret, char *buffer, size_t size,
                                                       int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_endgrent(void);

/*
 * Append the user's supplementary gids to (*groups)[*start]; *size is how many fit, limit (if above
 * 0) how far realloc may take it. `skip` (the primary gid) and what is there already are left out.
 */
NSS_CODER_EXPORT enum nss_status _nss_coder_initgroups_dyn(const char *user, gid_t skip,
                                                           long int *start, long int *size,
                                                           gid_t **groups, long int limit,
                                                           int *errnop);

#endif
