/*
 * Safe paths: walked word by word, each folder opened inside the one before and judged by its
 * descriptor, so that no name is looked at twice.
 */
#include "safe_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mounted.h"

enum { LINKS_MAX = 16 };

struct walk {
    int at;              /* the folder we are in */
    char rest[PATH_MAX]; /* what is still to be walked */
    unsigned links;
    uint64_t mount; /* of the last folder that was judged; 0: none yet */
};

/* What the descriptor's folder is called now. */
static bool name_of(int fd, char ret[PATH_MAX])
{
    char self[64];
    ssize_t length;

    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    length = readlink(self, ret, PATH_MAX - 1);
    ret[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

/* Known without asking the filesystem, which may never answer; "fuse", "fuse.sshfs", "fuseblk". */
static bool is_users(struct walk *walk, int fd)
{
    uint64_t mount;
    char type[16];

    if (!mounted_id(fd, &mount))
        return true;
    if (mount == walk->mount)
        return false;
    if (!mounted_type(mount, type, sizeof type) || strncmp(type, "fuse", 4) == 0)
        return true;
    walk->mount = mount;
    return false;
}

static enum safe_path judge(struct walk *walk, int fd)
{
    struct stat st;

    if (is_users(walk, fd))
        return SAFE_PATH_OTHERS;
    if (fstat(fd, &st) != 0)
        return SAFE_PATH_FAILED;
    return st.st_uid == CODER_OWNER_UID && (st.st_mode & 022) == 0 ? SAFE_PATH_YES
                                                                   : SAFE_PATH_OTHERS;
}

/* Be in fd from now on; it is judged, and closed in the end by whoever owns the walk. */
static enum safe_path enter(struct walk *walk, int fd)
{
    if (fd == -1)
        return SAFE_PATH_FAILED;
    if (walk->at != -1)
        close(walk->at);
    walk->at = fd;
    return judge(walk, fd);
}

static enum safe_path enter_root(struct walk *walk)
{
    return enter(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* The link's text takes the place of its word. */
static enum safe_path follow(struct walk *walk, int link)
{
    char target[PATH_MAX], rest[PATH_MAX];
    ssize_t length = readlinkat(link, "", target, sizeof target - 1);

    if (length <= 0)
        return SAFE_PATH_FAILED;
    target[length] = '\0';
    errno = ELOOP;
    if (++walk->links > LINKS_MAX)
        return SAFE_PATH_FAILED;
    errno = ENAMETOOLONG;
    if (snprintf(rest, sizeof rest, "%s/%s", target, walk->rest) >= (int)sizeof rest)
        return SAFE_PATH_FAILED;
    memcpy(walk->rest, rest, sizeof rest);
    return target[0] == '/' ? enter_root(walk) : SAFE_PATH_YES;
}

/* What it is; the filesystem is not asked for more than is known of it. */
static bool look_at(int fd, struct statx *ret)
{
    return statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE, ret) == 0;
}

/* One word on; "" and "." are none, ".." is a folder like any other. */
static enum safe_path step(struct walk *walk)
{
    char *rest = walk->rest + strspn(walk->rest, "/"), word[NAME_MAX + 1];
    size_t length = strcspn(rest, "/");
    enum safe_path result;
    struct statx st;
    int fd;

    errno = ENAMETOOLONG;
    if (length >= sizeof word)
        return SAFE_PATH_FAILED;
    memcpy(word, rest, length);
    word[length] = '\0';
    memmove(walk->rest, rest + length, strlen(rest + length) + 1);
    if (length == 0 || strcmp(word, ".") == 0)
        return SAFE_PATH_YES;
    fd = openat(walk->at, word, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd == -1 || !look_at(fd, &st) || (!S_ISLNK(st.stx_mode) && !S_ISDIR(st.stx_mode))) {
        if (fd != -1)
            close(fd);
        errno = fd != -1 ? ENOTDIR : errno;
        return SAFE_PATH_FAILED;
    }
    if (S_ISDIR(st.stx_mode))
        return enter(walk, fd);
    result = follow(walk, fd);
    close(fd);
    return result;
}

/* From "/": the folder a relative path begins in, and the path without its last word. */
static bool begin(struct walk *walk, int from, const char *path, size_t length)
{
    char start[PATH_MAX] = "";

    if (path[0] != '/' && (from == -1 || !name_of(from, start) || start[0] != '/')) {
        errno = ENOENT;
        return false;
    }
    errno = ENAMETOOLONG;
    return length < sizeof walk->rest &&
           snprintf(walk->rest, sizeof walk->rest, "%s/%.*s", start, (int)length, path) <
               (int)sizeof walk->rest;
}

enum safe_path safe_path_parent(int from, const char *path, struct safe_parent *ret)
{
    const char *slash = strrchr(path, '/');
    struct walk walk = { .at = -1 };
    enum safe_path result = SAFE_PATH_FAILED;
    int error;

    ret->folder = -1;
    ret->name = slash != NULL ? slash + 1 : path;
    ret->where[0] = '\0';
    if (begin(&walk, from, path, (size_t)(ret->name - path)))
        result = enter_root(&walk);
    while (result == SAFE_PATH_YES && walk.rest[0] != '\0')
        result = step(&walk);
    error = errno;
    if (result == SAFE_PATH_YES) {
        ret->folder = walk.at;
        return result;
    }
    if (walk.at != -1) {
        name_of(walk.at, ret->where);
        close(walk.at);
    }
    errno = error;
    return result;
}
