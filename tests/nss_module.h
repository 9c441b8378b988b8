/*
 * nss_module.h - the NSS module as a file (CODER_NSS_MODULE), loaded by dlopen and known only by the
 * names of its functions, for tests.
 */
#ifndef TEST_NSS_MODULE_H
#define TEST_NSS_MODULE_H

#include <stdbool.h>

#include "nss_coder/nss_group.h"
#include "nss_coder/nss_passwd.h"
#include "nss_coder/nss_shadow.h"

#define ENOUGH 256 /* bytes, for any entry of the fixture */

struct nss_module {
    void *handle;
    __typeof__(&_nss_coder_getpwnam_r) getpwnam;
    __typeof__(&_nss_coder_getpwuid_r) getpwuid;
    __typeof__(&_nss_coder_setpwent) setpwent;
    __typeof__(&_nss_coder_getpwent_r) getpwent;
    __typeof__(&_nss_coder_endpwent) endpwent;
    __typeof__(&_nss_coder_getgrnam_r) getgrnam;
    __typeof__(&_nss_coder_getgrgid_r) getgrgid;
    __typeof__(&_nss_coder_setgrent) setgrent;
    __typeof__(&_nss_coder_getgrent_r) getgrent;
    __typeof__(&_nss_coder_endgrent) endgrent;
    __typeof__(&_nss_coder_initgroups_dyn) initgroups;
    __typeof__(&_nss_coder_getspnam_r) getspnam;
    __typeof__(&_nss_coder_setspent) setspent;
    __typeof__(&_nss_coder_getspent_r) getspent;
    __typeof__(&_nss_coder_endspent) endspent;
};
extern struct nss_module nss;

/* Load it. False: dlerror(3) says why. */
bool nss_module_open(void);

/* The same, and the folder of the directory file made: cmocka's set-up of a group, and its end. */
int nss_module_load(void **state);
int nss_module_remove(void **state);

/* The fixture published: cmocka's set-up of a test. */
int nss_module_publish(void **state);

/* Asks for a user, and asserts the status and the error number that goes with it. */
void nss_module_assert_uid(uid_t uid, enum nss_status expected);
void nss_module_assert_name(const char *name, enum nss_status expected);

#endif
