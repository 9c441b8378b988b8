/*
 * A home moved inside the folder it is in. Root alone can change the way to that folder, so what was judged is what is
 * moved; nothing is copied, so no instant leaves half of it.
 */
#include "home_move.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/account.h"
#include "mounted.h"
#include "safe_path.h"

bool home_move_target(const char *home, const char *old, const char *new, char ret[ACCOUNT_PATH_SIZE])
{
    const char *slash = strrchr(home, '/');

    return slash != NULL && strcmp(slash + 1, old) == 0 &&
           snprintf(ret, ACCOUNT_PATH_SIZE, "%.*s/%s", (int)(slash - home), home, new) < ACCOUNT_PATH_SIZE;
}

bool home_move_is_due(const struct account *account, const char *old, char ret[ACCOUNT_PATH_SIZE])
{
    struct stat st;

    return home_move_target(account->home, account->username, old, ret) && lstat(ret, &st) == 0 &&
           S_ISDIR(st.st_mode) && st.st_uid == account->uid;
}

static bool refuse(char ret_reason[HOME_REASON_SIZE], const char *path, const char *why)
{
    snprintf(ret_reason, HOME_REASON_SIZE, "%.*s%s", ACCOUNT_PATH_SIZE, path, why);
    return false;
}

static bool is_own_folder(int home, uint32_t uid)
{
    struct stat st;

    return fstat(home, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == uid;
}

/* *ret_there: it is his own and nothing is mounted on it. */
static bool judge_home(const struct safe_parent *parent, const char *home, uint32_t uid, bool *ret_there,
                       char ret_reason[HOME_REASON_SIZE])
{
    uint64_t mount;
    int fd = mounted_id(parent->folder, &mount) ? mounted_open_path(parent->folder, parent->name, mount) : -1;
    int error = errno;

    *ret_there = fd != -1 && is_own_folder(fd, uid);
    if (fd != -1)
        close(fd);
    if (*ret_there || (fd == -1 && error == ENOENT))
        return true;
    if (fd == -1 && error == EXDEV)
        return refuse(ret_reason, home, " is a mount point");
    return refuse(ret_reason, home, " is not the user's own folder");
}

static bool judge_target(const struct safe_parent *parent, const char *to, char ret_reason[HOME_REASON_SIZE])
{
    struct stat st;

    if (fstatat(parent->folder, strrchr(to, '/') + 1, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return refuse(ret_reason, to, " is there already");
    if (errno == ENOENT)
        return true;
    snprintf(ret_reason, HOME_REASON_SIZE, "%s: %s", to, strerror(errno));
    return false;
}

/* The folder of both is open in *ret then, else -1. */
static bool judge(const char *home, uint32_t uid, const char *to, struct safe_parent *ret, bool *ret_there,
                  char ret_reason[HOME_REASON_SIZE])
{
    enum safe_path way = safe_path_parent(-1, home, ret);

    ret_reason[0] = '\0';
    *ret_there = false;
    if (way == SAFE_PATH_OTHERS)
        return refuse(ret_reason, ret->where, " is not root's alone to change");
    if (way == SAFE_PATH_FAILED && errno != ENOENT) {
        snprintf(ret_reason, HOME_REASON_SIZE, "%s: %s", home, strerror(errno));
        return false;
    }
    return way == SAFE_PATH_FAILED ||
           (judge_home(ret, home, uid, ret_there, ret_reason) && judge_target(ret, to, ret_reason));
}

static void end(const struct safe_parent *parent)
{
    if (parent->folder != -1)
        close(parent->folder);
}

bool home_move_is_possible(const char *home, uint32_t uid, const char *to, char ret_reason[HOME_REASON_SIZE])
{
    struct safe_parent parent;
    bool there, possible = judge(home, uid, to, &parent, &there, ret_reason);

    end(&parent);
    return possible;
}

bool home_move(const char *home, uint32_t uid, const char *to, char ret_reason[HOME_REASON_SIZE])
{
    struct safe_parent parent;
    bool there, moved = judge(home, uid, to, &parent, &there, ret_reason) && there;

    if (moved && renameat(parent.folder, parent.name, parent.folder, strrchr(to, '/') + 1) != 0) {
        snprintf(ret_reason, HOME_REASON_SIZE, "%s", strerror(errno));
        moved = false;
    }
    end(&parent);
    return moved;
}
