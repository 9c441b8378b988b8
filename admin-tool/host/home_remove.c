/*
 * A home removed with its account: its folders are opened one by one, no link is followed, nothing mounted
 * there asked or entered, and whoever goes on writing there keeps nobody for ever. A child does it: should
 * something hang all the same, it is waited for a little longer than a minute.
 */
#include "home_remove.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sql/account.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "deputy.h"
#include "home.h"
#include "mounted.h"

/* Whoever may write there could keep us for ever. */
enum { REMOVING_SECONDS = 60, PATIENCE_SECONDS = REMOVING_SECONDS + 5 };

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
 * are enough, however deep somebody has nested. At most an empty folder is replaced. */
static void move_up(struct ruin *ruin, int folder, const char *name)
{
    char above[64];
    int moved;

    do {
        snprintf(above, sizeof above, ".removed-%u", ruin->moved++);
        moved = renameat(folder, name, ruin->top, above);
    } while (moved != 0 && (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) && !is_late(ruin));
    if (moved == 0)
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

static void remove_folder(struct ruin *ruin, int folder, const char *name, bool in_top)
{
    int inner;

    if (!in_top) {
        move_up(ruin, folder, name);
        return;
    }
    inner = mounted_open_folder(folder, name, ruin->mount);
    if (inner == -1)
        return;
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

/* The home, if it is the user's own folder and no mount of its own: -1 with errno if not. */
static int open_home(int parent, const char *name, uint32_t uid, uint64_t *ret_mount)
{
    struct stat st;
    int home;

    if (!mounted_id(parent, ret_mount)) {
        errno = EPERM;
        return -1;
    }
    home = mounted_open_folder(parent, name, *ret_mount);
    if (home == -1 || (fstat(home, &st) == 0 && st.st_uid == uid))
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

/* What became of it: *why is "" when it is gone. */
struct outcome {
    char why[128], left[NAME_MAX + 1]; /* left: one thing that is in it still, "" when unknown */
    bool removed;                      /* else there was none */
};

static void explain(struct outcome *ret, const char *why)
{
    snprintf(ret->why, sizeof ret->why, "%s", why);
}

static void remove_home(int parent, const char *name, uint32_t uid, struct outcome *ret)
{
    struct ruin ruin = { .progress = true, .until = seconds_now() + REMOVING_SECONDS };

    ruin.top = open_home(parent, name, uid, &ruin.mount);
    if (ruin.top == -1) {
        if (errno != ENOENT)
            explain(ret, errno == EXDEV ? "something is mounted there" : strerror(errno));
        return;
    }
    while (ruin.progress && !is_late(&ruin)) {
        ruin.progress = false;
        empty_folder(&ruin, ruin.top, true);
    }
    find_left(ruin.top, ret->left);
    close(ruin.top);
    ret->removed = unlinkat(parent, name, AT_REMOVEDIR) == 0;
    if (ret->removed)
        return;
    if (ruin.progress)
        explain(ret, "a minute was not enough to empty it, or somebody goes on writing there");
    else
        explain(ret, strerror(errno == EEXIST ? ENOTEMPTY : errno));
}

/* In the child. */
static void work(const void *context, void *ret)
{
    const struct account *account = context;
    struct outcome *outcome = ret;
    const char *name = "";
    int parent = home_open_parent(account->home, &name);

    if (parent != -1)
        remove_home(parent, name, account->uid, outcome);
    else if (errno != ENOENT)
        explain(outcome, strerror(errno));
}

static void remove_one(struct tool *tool, const struct account *account)
{
    struct outcome outcome = { .why = "removing it took too long, or was interrupted" };

    deputy_ask(work, account, &outcome, sizeof outcome, PATIENCE_SECONDS);
    outcome.why[sizeof outcome.why - 1] = outcome.left[NAME_MAX] = '\0';
    if (outcome.why[0] != '\0')
        tool_complain(tool, "%s is deleted, but %s is still there%s%s: %s; look and remove it by hand",
                      account->username, account->home, outcome.left[0] != '\0' ? ", with " : "",
                      outcome.left, outcome.why);
    else if (outcome.removed)
        printf("%s is removed.\n", account->home);
}

void homes_remove(struct tool *tool, const struct account *accounts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        answer_about(accounts[i].username);
        remove_one(tool, &accounts[i]);
    }
}
