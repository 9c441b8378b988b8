/*
 * nss_module.c - loading the NSS module and asking it.
 */
#include "nss_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "fixture_directory.h"

struct nss_module nss;

/* POSIX lets dlsym's answer be a function, ISO C lets it not be assigned to one. */
static bool symbol(const char *name, void *ret)
{
    void *found = dlsym(nss.handle, name);
    memcpy(ret, &found, sizeof(found));
    return found != NULL;
}

bool nss_module_open(void)
{
    const char *module = getenv("CODER_NSS_MODULE");
    nss.handle = module != NULL ? dlopen(module, RTLD_NOW | RTLD_LOCAL) : NULL;
    return nss.handle != NULL
        && symbol("_nss_coder_getpwnam_r", &nss.getpwnam)
        && symbol("_nss_coder_getpwuid_r", &nss.getpwuid)
        && symbol("_nss_coder_setpwent", &nss.setpwent)
        && symbol("_nss_coder_getpwent_r", &nss.getpwent)
        && symbol("_nss_coder_endpwent", &nss.endpwent)
        && symbol("_nss_coder_getgrnam_r", &nss.getgrnam)
        && symbol("_nss_coder_getgrgid_r", &nss.getgrgid)
        && symbol("_nss_coder_setgrent", &nss.setgrent)
        && symbol("_nss_coder_getgrent_r", &nss.getgrent)
        && symbol("_nss_coder_endgrent", &nss.endgrent)
        && symbol("_nss_coder_initgroups_dyn", &nss.initgroups)
        && symbol("_nss_coder_getspnam_r", &nss.getspnam)
        && symbol("_nss_coder_setspent", &nss.setspent)
        && symbol("_nss_coder_getspent_r", &nss.getspent)
        && symbol("_nss_coder_endspent", &nss.endspent);
}

int nss_module_load(void **state)
{
    (void)state;
    if (!nss_module_open()) {
        fprintf(stderr, "CODER_NSS_MODULE: %s\n", dlerror());
        return -1;
    }
    char folder[] = CODER_STATE_DIR;
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0755);
        *slash = '/';
    }
    mkdir(folder, 0755);
    return 0;
}

int nss_module_remove(void **state)
{
    (void)state;
    unlink(DIRECTORY_PATH);
    return dlclose(nss.handle);
}

int nss_module_publish(void **state)
{
    (void)state;
    return fixture_publish(DIRECTORY_PATH, 1) ? 0 : -1;
}

void nss_module_assert_uid(uid_t uid, enum nss_status expected)
{
    struct passwd entry;
    char buffer[ENOUGH];
    int error = 0;
    assert_int_equal(nss.getpwuid(uid, &entry, buffer, sizeof(buffer), &error), expected);
    assert_int_equal(error, expected == NSS_STATUS_SUCCESS ? 0 : ENOENT);
}

void nss_module_assert_name(const char *name, enum nss_status expected)
{
    struct passwd entry;
    char buffer[ENOUGH];
    int error = 0;
    assert_int_equal(nss.getpwnam(name, &entry, buffer, sizeof(buffer), &error), expected);
    assert_int_equal(error, expected == NSS_STATUS_SUCCESS ? 0 : ENOENT);
}
