/*
 * Whose a home is: the folder it is in is walked to from "/" (safe_path.h), and the home itself is
 * looked at without being opened or followed, whatever its user has mounted there.
 */
#include "home_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/account.h"
#include "safe_path.h"

enum { ROOT = CODER_OWNER_UID };

/* A filesystem of a user's own (FUSE) is not asked: what is known of it already is enough. */
static bool look_at(int folder, const char *name, struct statx *ret)
{
    return statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
                 STATX_BASIC_STATS, ret) == 0;
}

enum { SHOWN = ACCOUNT_PATH_SIZE };

/* A line of /etc/passwd has the uid. */
static bool is_local(uint32_t uid)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;
    bool found = false;

    while (file != NULL && !found && (line = fgetpwent(file)) != NULL)
        found = line->pw_uid == uid;
    if (file != NULL)
        fclose(file);
    return found;
}

static void say_owner(const char *path, uint32_t uid, char ret_reason[HOME_REASON_SIZE])
{
    const struct passwd *owner = getpwuid(uid);

    if (owner != NULL && uid != ROOT && is_local(uid))
        snprintf(ret_reason, HOME_REASON_SIZE, "%.*s is the local user %.64s's (uid %u)", SHOWN, path, owner->pw_name,
                 uid);
    else if (owner != NULL)
        snprintf(ret_reason, HOME_REASON_SIZE, "%.*s is %.64s's", SHOWN, path, owner->pw_name);
    else
        snprintf(ret_reason, HOME_REASON_SIZE, "%.*s is uid %u's", SHOWN, path, uid);
}

static enum home_owner say(enum home_owner owner, char ret_reason[HOME_REASON_SIZE],
                           const char *before, const char *path, const char *behind)
{
    snprintf(ret_reason, HOME_REASON_SIZE, "%s%.*s%s", before, SHOWN, path, behind);
    return owner;
}

/* A folder on the way is not root's alone; looked at again only to say why. */
static void say_way(const char *where, char ret_reason[HOME_REASON_SIZE])
{
    struct statx st;

    if (look_at(AT_FDCWD, where, &st) && st.stx_uid != ROOT)
        say_owner(where, st.stx_uid, ret_reason);
    else
        say(HOME_WAY, ret_reason, "others can write in ", where, "");
}

/* By a group of which nobody but the user is, they cannot. */
static bool is_open(const struct statx *st, uint32_t uid)
{
    return (st->stx_mode & 002) != 0 || ((st->stx_mode & 020) != 0 && st->stx_gid != uid);
}

static enum home_owner judge(const struct statx *st, const char *home, uint32_t uid,
                             char ret_reason[HOME_REASON_SIZE])
{
    if (S_ISLNK(st->stx_mode))
        return say(HOME_LINK, ret_reason, "", home, " is a link");
    if (!S_ISDIR(st->stx_mode))
        return say(HOME_OTHERS, ret_reason, "", home, " is no folder");
    if (st->stx_uid != ROOT && st->stx_uid != uid) {
        say_owner(home, st->stx_uid, ret_reason);
        return HOME_OTHERS;
    }
    if (is_open(st, uid))
        return say(HOME_OPEN, ret_reason, "others can write in ", home, "");
    if (st->stx_uid == ROOT)
        return say(HOME_ROOTS, ret_reason, "", home, " is root's");
    return HOME_OWN;
}

static enum home_owner say_trouble(const char *home, char ret_reason[HOME_REASON_SIZE])
{
    if (errno == ENOENT)
        return HOME_ABSENT;
    snprintf(ret_reason, HOME_REASON_SIZE, "%s: %s", home, strerror(errno));
    return HOME_OTHERS;
}

enum home_owner home_judge(const char *home, uint32_t uid, char ret_reason[HOME_REASON_SIZE])
{
    struct safe_parent parent;
    enum home_owner owner;
    struct statx st;

    ret_reason[0] = '\0';
    switch (safe_path_parent(-1, home, &parent)) {
    case SAFE_PATH_YES:
        break;
    case SAFE_PATH_OTHERS:
        say_way(parent.where, ret_reason);
        return HOME_WAY;
    default:
        return say_trouble(home, ret_reason);
    }
    owner = look_at(parent.folder, parent.name[0] != '\0' ? parent.name : ".", &st)
                ? judge(&st, home, uid, ret_reason)
                : say_trouble(home, ret_reason);
    close(parent.folder);
    return owner;
}

bool home_is_there(const char *home)
{
    struct statx st;

    return look_at(AT_FDCWD, home, &st);
}

bool home_is_nobodys(const char *home)
{
    return strcmp(home, "/nonexistent") == 0;
}
