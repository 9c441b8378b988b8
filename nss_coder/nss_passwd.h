/*
 * Entry points of the passwd map.
 */
#ifndef CODER_NSS_PASSWD_H
#define CODER_NSS_PASSWD_H

#include <nss.h>
#include <pwd.h>
#include <shadow.h>
#include <stddef.h>
#include <sys/types.h>

#include "nss_coder.h"

NSS_CODER_EXPORT enum nss_status _nss_coder_getpwnam_r(const char *name, struct passwd *ret,
                                                       char *buffer, size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_getpwuid_r(uid_t uid, struct passwd *ret, char *buffer,
                                                       size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_setpwent(int stayopen);
NSS_CODER_EXPORT enum nss_status _nss_coder_getpwent_r(struct passwd *ret, char *buffer,
                                                       size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_endpwent(void);

#endif
