/*
 * A home removed with its account: its folders are opened one by one, no link is followed, no other
 * filesystem entered, and whoever goes on writing there keeps nobody for ever.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "home.h"

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
        if (!home_is_dots(entry->d_name))
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
    while (entries != NULL && (entry = readdir(entries)) != NULL && home_is_dots(entry->d_name))
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
    int parent = home_open_parent(account->home, &name);

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
