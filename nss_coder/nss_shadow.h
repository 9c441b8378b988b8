/*
 * Entry points of the shadow map.
 */
#ifndef CODER_NSS_SHADOW_H
#define CODER_NSS_SHADOW_H

#include <nss.h>
#include <shadow.h>
#include <stddef.h>

#include "nss_coder.h"

NSS_CODER_EXPORT enum nss_status _nss_coder_getspnam_r(const char *name, struct spwd *ret,
                                                       char *buffer, size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_setspent(int stayopen);
NSS_CODER_EXPORT enum nss_status _nss_coder_getspent_r(struct spwd *ret, char *buffer, size_t size,
                                                       int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_endspent(void);

#endif
