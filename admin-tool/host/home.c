/*
 * Home directories, made from /etc/skel. Everything goes through open folders by single names: no link
 * is followed, whoever may write there meanwhile.
 */
#include "home.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "home_owner.h"
#include "login_defs.h"
#include "safe_path.h"

#define SKELETON "/etc/skel"

bool home_is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int home_open_parent(const char *path, const char **ret_name)
{
    const char *slash = strrchr(path, '/');
    char parent[ACCOUNT_PATH_SIZE] = "/";

    if (slash[1] == '\0' || home_is_dots(slash + 1)) {
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

struct owner {
    uid_t uid;
    gid_t gid;
};

static bool copy_folder(int from, int to, const struct owner *owner);

static bool copy_file(int from, int to, const char *name, const struct stat *st, const struct owner *owner)
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
    if (count == 0 && (fchown(out, owner->uid, owner->gid) != 0 || fchmod(out, st->st_mode & 0777) != 0))
        count = -1;
    return close(out) == 0 && count == 0;
}

static bool copy_link(int from, int to, const char *name, const struct owner *owner)
{
    char target[4096];
    ssize_t length = readlinkat(from, name, target, sizeof target - 1);

    if (length < 0)
        return false;
    target[length] = '\0';
    return symlinkat(target, to, name) == 0 &&
           fchownat(to, name, owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool copy_subfolder(int from, int to, const char *name, const struct stat *st, const struct owner *owner)
{
    int in = openat(from, name, OPEN_FOLDER);
    int out = mkdirat(to, name, 0700) == 0 ? openat(to, name, OPEN_FOLDER) : -1;
    bool copied = in != -1 && out != -1 && copy_folder(in, out, owner) &&
                  fchown(out, owner->uid, owner->gid) == 0 && fchmod(out, st->st_mode & 0777) == 0;

    if (in != -1)
        close(in);
    if (out != -1)
        close(out);
    return copied;
}

static bool copy_entry(int from, int to, const char *name, const struct owner *owner)
{
    struct stat st;

    if (home_is_dots(name))
        return true;
    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISREG(st.st_mode))
        return copy_file(from, to, name, &st, owner);
    if (S_ISLNK(st.st_mode))
        return copy_link(from, to, name, owner);
    return !S_ISDIR(st.st_mode) || copy_subfolder(from, to, name, &st, owner);
}

/* Neither descriptor is closed. */
static bool copy_folder(int from, int to, const struct owner *owner)
{
    int own = dup(from);
    DIR *entries = own != -1 ? fdopendir(own) : NULL;
    const struct dirent *entry;
    bool copied = true;

    if (entries == NULL)
        return false;
    while (copied && (errno = 0, entry = readdir(entries)) != NULL)
        copied = copy_entry(from, to, entry->d_name, owner);
    copied = copied && errno == 0;
    closedir(entries);
    return copied;
}

/* The folder is root's alone until everything is in it. */
static bool fill_home(int home, const struct owner *owner)
{
    int skeleton = open(SKELETON, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool filled = true;

    if (skeleton != -1) {
        filled = copy_folder(skeleton, home, owner);
        close(skeleton);
    }
    return filled && fchown(home, owner->uid, owner->gid) == 0 && fchmod(home, host_home_mode()) == 0;
}

/* Nobody but root can change the way there, or root was told so and said --force. */
static int open_place(const struct tool *tool, const char *path, const char **ret_name)
{
    struct safe_parent parent;

    if (tool_has(tool, OPTION_FORCE))
        return home_open_parent(path, ret_name);
    *ret_name = strrchr(path, '/') + 1;
    if (safe_path_parent(-1, path, &parent) == SAFE_PATH_OTHERS)
        errno = EPERM;
    return parent.folder;
}

/* The folder just made, not one that somebody put in its place: none but root makes one of root's. */
static int open_made(int parent, const char *name)
{
    int home = openat(parent, name, OPEN_FOLDER);
    struct stat st;

    if (home == -1 || (fstat(home, &st) == 0 && st.st_uid == CODER_OWNER_UID))
        return home;
    close(home);
    errno = EEXIST;
    return -1;
}

bool home_make(struct tool *tool, const struct account *account)
{
    const struct owner owner = { account->uid, account->gid != 0 ? account->gid : account->uid };
    const char *name = "";
    int parent, home = -1;
    bool made;

    if (home_is_nobodys(account->home))
        return false;
    parent = open_place(tool, account->home, &name);
    if (parent != -1 && mkdirat(parent, name, 0700) == 0)
        home = open_made(parent, name);
    else if (parent != -1 && errno == EEXIST) {
        tool_refuse(GO_ON, "note: %s exists and is left as it is", account->home);
        close(parent);
        return false;
    }
    made = home != -1 && fill_home(home, &owner);
    if (!made)
        tool_complain(tool, "%s is there, but not the home directory %s: %s; 'admin-tool users make-homes %s' makes "
                      "it when that is mended", account->username, account->home, strerror(errno),
                      account->username);
    if (home != -1)
        close(home);
    if (parent != -1)
        close(parent);
    return made;
}
