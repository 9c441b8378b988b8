/*
 * What NSS knows, for PAM tests without root: libpam's pam_modutil_getpwnam ends in getpwnam_r, and the
 * program's own definition comes first. Accounts of the fixture's directory, and one of another source.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"

static int fill(struct passwd *pwd, char *buffer, size_t size, const char *name, uid_t uid)
{
    if (strlen(name) >= size)
        return ERANGE;
    memcpy(buffer, name, strlen(name) + 1);
    *pwd = (struct passwd){ .pw_name = buffer, .pw_passwd = buffer + strlen(name), .pw_uid = uid,
                            .pw_gid = uid, .pw_gecos = buffer + strlen(name),
                            .pw_dir = buffer + strlen(name), .pw_shell = buffer + strlen(name) };
    return 0;
}

__attribute__((visibility("default"))) int getpwnam_r(const char *name, struct passwd *pwd,
                                                      char *buffer, size_t size,
                                                      struct passwd **result)
{
    struct directory_view view;
    struct directory_entry entry;
    enum directory_result found = DIRECTORY_NOT_FOUND;
    int rc = 0;

    *result = NULL;
    if (strcmp(name, "root") == 0) {
        rc = fill(pwd, buffer, size, name, 0);
        *result = rc == 0 ? pwd : NULL;
        return rc;
    }
    if (directory_view_open(DIRECTORY_PATH, &view) == DIRECTORY_OK) {
        found = directory_find_user_by_name(&view, name, &entry);
        directory_view_close(&view);
    }
    if (found == DIRECTORY_OK) {
        rc = fill(pwd, buffer, size, name, entry.id);
        *result = rc == 0 ? pwd : NULL;
    }
    return rc;
}
