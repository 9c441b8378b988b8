/*
 * Home directories: made from /etc/skel, removed with an account. Everything goes through open
 * folders by single names: no link is followed, whoever may write there meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

#define SKELETON "/etc/skel"

enum { OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Open the folder that holds `path`; *ret_name is its last part. -1 with errno. */
static int open_parent(const char *path, const char **ret_name)
{
    const char *slash = strrchr(path, '/');
    char parent[ACCOUNT_PATH_SIZE] = "/";

    if (slash[1] == '\0' || is_dots(slash + 1)) {
        errno = EINVAL;
        return -1;
    }
    if (slash != path)
        snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
    *ret_name = slash + 1;
    /* here links are followed: an administrator may have /home on another disk */
    return open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* -- making ------------------------------------------------------------------------------- */

static bool copy_folder(int from, int to, uint32_t uid);

static bool copy_file(int from, int to, const char *name, const struct stat *st, uint32_t uid)
{
    int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    ssize_t count = -1;

    if (in != -1 && out != -1)
        while ((count = sendfile(out, in, NULL, 1 << 20)) > 0)
            continue;
    if (in != -1)
        close(in);
    if (out == -1)
        return false;
    if (count == 0 && (fchown(out, uid, uid) != 0 || fchmod(out, st->st_mode & 0777) != 0))
        count = -1;
    return close(out) == 0 && count == 0;
}

static bool copy_link(int from, int to, const char *name, uint32_t uid)
{
    char target[4096];
    ssize_t length = readlinkat(from, name, target, sizeof target - 1);

    if (length < 0)
        return false;
    target[length] = '\0';
    return symlinkat(target, to, name) == 0 &&
           fchownat(to, name, uid, uid, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool copy_subfolder(int from, int to, const char *name, const struct stat *st, uint32_t uid)
{
    int in = openat(from, name, OPEN_FOLDER);
    int out = mkdirat(to, name, 0700) == 0 ? openat(to, name, OPEN_FOLDER) : -1;
    bool copied = in != -1 && out != -1 && copy_folder(in, out, uid) &&
                  fchown(out, uid, uid) == 0 && fchmod(out, st->st_mode & 0777) == 0;

    if (in != -1)
        close(in);
    if (out != -1)
        close(out);
    return copied;
}

static bool copy_entry(int from, int to, const char *name, uint32_t uid)
{
    struct stat st;

    if (is_dots(name))
        return true;
    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISREG(st.st_mode))
        return copy_file(from, to, name, &st, uid);
    if (S_ISLNK(st.st_mode))
        return copy_link(from, to, name, uid);
    return !S_ISDIR(st.st_mode) || copy_subfolder(from, to, name, &st, uid);
}

/* Neither descriptor is closed. */
static bool copy_folder(int from, int to, uint32_t uid)
{
    int own = dup(from);
    DIR *entries = own != -1 ? fdopendir(own) : NULL;
    const struct dirent *entry;
    bool copied = true;

    if (entries == NULL)
        return false;
    while (copied && (errno = 0, entry = readdir(entries)) != NULL)
        copied = copy_entry(from, to, entry->d_name, uid);
    copied = copied && errno == 0;
    closedir(entries);
    return copied;
}

/* The folder is root's alone until everything is in it. */
static bool fill_home(int home, uint32_t uid)
{
    int skeleton = open(SKELETON, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool filled = true;

    if (skeleton != -1) {
        filled = copy_folder(skeleton, home, uid);
        close(skeleton);
    }
    return filled && fchown(home, uid, uid) == 0 && fchmod(home, host_home_mode()) == 0;
}

void home_make(struct tool *tool, const struct account *account)
{
    const char *name = "";
    int parent = open_parent(account->home, &name), home = -1;

    if (parent != -1 && mkdirat(parent, name, 0700) != 0 && errno == EEXIST) {
        tool_refuse(GO_ON, "note: %s exists and is left as it is", account->home);
        close(parent);
        return;
    }
    if (parent != -1)
        home = openat(parent, name, OPEN_FOLDER);
    if (home == -1 || !fill_home(home, account->uid))
        tool_complain(tool,
                      "the account was created, but not the home directory %s: %s; make it by "
                      "hand",
                      account->home, strerror(errno));
    if (home != -1)
        close(home);
    if (parent != -1)
        close(parent);
}

/* -- removing ----------------------------------------------------------------------------- */

/* Whoever may write there could keep us for ever, and Ctrl-C has to wait for us. */
enum { REMOVING_SECONDS = 60 };

/* What is being emptied. */
struct ruin {
    int top;      /* the home itself */
    uint64_t mount; /* nothing that is mounted inside is touched, be it from the same disk */
    unsigned moved;
    bool progress;
    time_t until; /* of CLOCK_MONOTONIC */
};

static time_t seconds_now(void)
{
    struct timespec now = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static bool is_late(const struct ruin *ruin)
{
    return seconds_now() >= ruin->until;
}

/* A folder that is not empty moves up into the home, under a name nobody else has: two descriptors
 * are enough, however deep somebody has nested. */
static void move_up(struct ruin *ruin, int folder, const char *name)
{
    char above[64];

    do
        snprintf(above, sizeof above, ".removed-%u", ruin->moved++);
    while (faccessat(ruin->top, above, F_OK, AT_SYMLINK_NOFOLLOW) == 0 && !is_late(ruin));
    if (renameat(folder, name, ruin->top, above) == 0)
        ruin->progress = true;
}

static void remove_entry(struct ruin *ruin, int folder, const char *name, bool in_top);

static void empty_folder(struct ruin *ruin, int folder, bool is_top)
{
    int own = openat(folder, ".", OPEN_FOLDER);
    DIR *entries = own != -1 ? fdopendir(own) : NULL;
    const struct dirent *entry;

    if (entries == NULL) {
        if (own != -1)
            close(own);
        return;
    }
    while (!is_late(ruin) && (entry = readdir(entries)) != NULL)
        if (!is_dots(entry->d_name))
            remove_entry(ruin, folder, entry->d_name, is_top);
    closedir(entries);
}

/* statx(2); false when the kernel (before 5.8) cannot tell. */
static bool find_mount(int folder, uint64_t *ret)
{
    struct statx st;

    if (statx(folder, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) != 0 ||
        (st.stx_mask & STATX_MNT_ID) == 0)
        return false;
    *ret = st.stx_mnt_id;
    return true;
}

static void remove_folder(struct ruin *ruin, int folder, const char *name, bool in_top)
{
    uint64_t mount;
    int inner;

    if (!in_top) {
        move_up(ruin, folder, name);
        return;
    }
    inner = openat(folder, name, OPEN_FOLDER);
    if (inner == -1)
        return;
    if (find_mount(inner, &mount) && mount == ruin->mount)
        empty_folder(ruin, inner, false);
    close(inner);
    if (unlinkat(folder, name, AT_REMOVEDIR) == 0)
        ruin->progress = true;
}

static void remove_entry(struct ruin *ruin, int folder, const char *name, bool in_top)
{
    if (unlinkat(folder, name, 0) == 0 || unlinkat(folder, name, AT_REMOVEDIR) == 0)
        ruin->progress = true;
    else
        remove_folder(ruin, folder, name, in_top);
}

/* The home, if it is the user's own folder: -1 with errno if not. */
static int open_home(int parent, const char *name, uint32_t uid, uint64_t *ret_mount)
{
    int home = openat(parent, name, OPEN_FOLDER);
    struct stat st;

    if (home == -1)
        return -1;
    if (fstat(home, &st) == 0 && st.st_uid == uid && find_mount(home, ret_mount))
        return home;
    close(home);
    errno = EPERM;
    return -1;
}

/* The name of one thing that is left in a folder, "" when nothing is. */
static void find_left(int folder, char ret[NAME_MAX + 1])
{
    int own = openat(folder, ".", OPEN_FOLDER);
    DIR *entries = own != -1 ? fdopendir(own) : NULL;
    const struct dirent *entry = NULL;

    ret[0] = '\0';
    while (entries != NULL && (entry = readdir(entries)) != NULL && is_dots(entry->d_name))
        continue;
    if (entry != NULL)
        snprintf(ret, NAME_MAX + 1, "%s", entry->d_name);
    if (entries != NULL)
        closedir(entries);
    else if (own != -1)
        close(own);
}

/* NULL when it is gone, else why it is not; ret_left: what is in it. */
static const char *remove_home(int parent, const char *name, uint32_t uid,
                               char ret_left[NAME_MAX + 1])
{
    struct ruin ruin = { .progress = true, .until = seconds_now() + REMOVING_SECONDS };

    ruin.top = open_home(parent, name, uid, &ruin.mount);
    if (ruin.top == -1)
        return errno == ENOENT ? NULL : strerror(errno);
    while (ruin.progress && !is_late(&ruin)) {
        ruin.progress = false;
        empty_folder(&ruin, ruin.top, true);
    }
    find_left(ruin.top, ret_left);
    close(ruin.top);
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
        return NULL;
    if (ruin.progress)
        return "a minute was not enough to empty it, or somebody goes on writing there";
    return strerror(errno == EEXIST ? ENOTEMPTY : errno);
}

void home_remove(struct tool *tool, const struct account *account)
{
    const char *name = "", *why = NULL;
    char left[NAME_MAX + 1] = "";
    int parent = open_parent(account->home, &name);

    if (parent != -1)
        why = remove_home(parent, name, account->uid, left);
    else if (errno != ENOENT)
        why = strerror(errno);
    if (why != NULL)
        tool_complain(tool, "%s is deleted, but %s is still there%s%s: %s; look and remove it by hand",
                      account->username, account->home, left[0] != '\0' ? ", with " : "", left, why);
    if (parent != -1)
        close(parent);
}
