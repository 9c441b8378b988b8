/*
 * Which files of the store are trusted: root's alone, no links. Looked at by lstat, because opening and closing one would
 * drop SQLite's locks (sqlite.org/howtocorrupt.html 2.2).
 */
#include "store_files.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "store.h"

static bool is_trusted(const struct stat *st, mode_t kind, mode_t mode)
{
    return (st->st_mode & S_IFMT) == kind && (st->st_mode & 07777) == mode &&
           st->st_uid == CODER_OWNER_UID && (kind == S_IFDIR || st->st_nlink == 1);
}

/* Nobody else may move the private folder away and put his own there. */
static bool parent_is_trusted(const char *private_dir)
{
    char path[4096];
    struct stat st;

    return snprintf(path, sizeof path, "%s/..", private_dir) < (int)sizeof path &&
           lstat(path, &st) == 0 && st.st_uid == CODER_OWNER_UID && (st.st_mode & 022) == 0;
}

enum store_result store_check_files(const char *private_dir, const char *what)
{
    static const char *const beside[] = { "", "-journal" };
    char path[4096];
    struct stat st;

    if (lstat(private_dir, &st) != 0)
        return errno == ENOENT ? STORE_MISSING : STORE_FAILED;
    if (!is_trusted(&st, S_IFDIR, 0700) || !parent_is_trusted(private_dir))
        return STORE_UNSAFE;
    for (size_t i = 0; i < 2; i++) {
        if (snprintf(path, sizeof path, "%s/%s%s", private_dir, what, beside[i]) >=
            (int)sizeof path)
            return STORE_FAILED;
        if (lstat(path, &st) == 0) {
            if (!is_trusted(&st, S_IFREG, 0600))
                return STORE_UNSAFE;
        } else if (errno != ENOENT) {
            return STORE_FAILED;
        } else if (i == 0) {
            return STORE_MISSING;
        }
    }
    return STORE_OK;
}
