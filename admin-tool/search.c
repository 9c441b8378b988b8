/*
 * Which files belong to a user: looked for through open folders, without following a link or asking what is
 * mounted on the way, and for a few seconds at most: a disk may be large, its users may have made it larger,
 * and another machine's may not answer at all. So a child looks, and is not waited for any longer.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "deputy.h"
#include "mounted.h"

enum { SECONDS_MAX = 5, DEPTH_MAX = 128, PLACES_MAX = 16 };

struct place {
    dev_t device;
    ino_t inode;
};

struct search {
    uint32_t uid;
    struct timespec until; /* CLOCK_MONOTONIC */
    struct place places[PLACES_MAX];
    size_t place_count;
    struct search_result finding;
    char path[PATH_MAX]; /* where we are */
};

static bool is_over(struct search *search)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0 || now.tv_sec > search->until.tv_sec ||
        (now.tv_sec == search->until.tv_sec && now.tv_nsec >= search->until.tv_nsec))
        search->finding.late = true;
    return search->finding.late;
}

/* One of the places where a walk began: not walked again from above. */
static bool is_walked(const struct search *search, const struct stat *st)
{
    for (size_t i = 0; i < search->place_count; i++)
        if (search->places[i].device == st->st_dev && search->places[i].inode == st->st_ino)
            return true;
    return false;
}

static void note(struct search *search, const struct stat *st)
{
    if (st->st_uid != search->uid)
        return;
    if (search->finding.found < FINDING_EXAMPLES)
        snprintf(search->finding.examples[search->finding.found], PATH_MAX, "%s", search->path);
    search->finding.found++;
}

static void search_folder(struct search *search, int folder, uint64_t mount, int depth);

/* At what `entry` (O_PATH) leads to; search->path is its path. */
static void search_entry(struct search *search, int entry, uint64_t mount, int depth)
{
    struct stat st;
    int inner;

    if (fstat(entry, &st) != 0 || (S_ISDIR(st.st_mode) && is_walked(search, &st)))
        return;
    note(search, &st);
    if (!S_ISDIR(st.st_mode))
        return;
    if (depth == DEPTH_MAX) {
        search->finding.deep = true;
        return;
    }
    inner = openat(entry, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (inner != -1)
        search_folder(search, inner, mount, depth + 1);
}

/* Closes `folder`. */
static void search_folder(struct search *search, int folder, uint64_t mount, int depth)
{
    size_t length = strlen(search->path);
    DIR *entries = fdopendir(folder);
    const struct dirent *entry;

    if (entries == NULL) {
        close(folder);
        return;
    }
    while (!is_over(search) && (entry = readdir(entries)) != NULL) {
        int inner;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(search->path + length, sizeof search->path - length, "%s%s",
                 length > 0 && search->path[length - 1] == '/' ? "" : "/", entry->d_name);
        inner = mounted_open_path(dirfd(entries), entry->d_name, mount);
        if (inner != -1) {
            search_entry(search, inner, mount, depth);
            close(inner);
        }
        search->path[length] = '\0';
    }
    closedir(entries);
}

/* Where looking would wait for another machine or a user's program, or for nothing that lasts, nobody looks. */
static bool is_worth_it(uint64_t mount)
{
    static const char *const others[] = { "nfs", "nfs4", "cifs", "smb3", "ceph", "afs", "9p", "autofs", "proc" };
    char type[32];

    if (!mounted_type(mount, type, sizeof type) || strncmp(type, "fuse", 4) == 0)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(type, others[i]) == 0)
            return false;
    return true;
}

/* Down from what `place` (O_PATH) leads to. */
static void search_place(struct search *search, int place, const char *path)
{
    uint64_t mount;
    struct stat st;
    int folder;

    if (!mounted_id(place, &mount) || !is_worth_it(mount) || fstat(place, &st) != 0 ||
        is_walked(search, &st))
        return;
    folder = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder == -1)
        return;
    search->places[search->place_count++] = (struct place){ st.st_dev, st.st_ino };
    snprintf(search->path, sizeof search->path, "%s", path);
    note(search, &st);
    search_folder(search, folder, mount, 0);
}

/* Down from `path`, no further than its mount. */
static void search_below(struct search *search, const char *path)
{
    int place = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (place == -1)
        return;
    search_place(search, place, path);
    close(place);
}

/* The likeliest first, for the time is short. */
static void search_all(struct search *search, const char *home)
{
    static const char *const places[] = { "/home", "/tmp", "/var/tmp", "/dev/shm", "/srv", "/opt",
                                          "/var", "/run", "/" };

    search_below(search, home);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        search_below(search, places[i]);
}

/* In the child. */
static void work(const void *context, void *ret)
{
    const struct account *account = context;
    struct search search = { .uid = account->uid };

    clock_gettime(CLOCK_MONOTONIC, &search.until);
    search.until.tv_sec += SECONDS_MAX;
    search_all(&search, account->home);
    *(struct search_result *)ret = search.finding;
}

struct search_result search_files(uint32_t uid, const char *home)
{
    struct search_result finding = { .late = true };
    struct account account = { .uid = uid };

    snprintf(account.home, sizeof account.home, "%s", home);
    deputy_ask(work, &account, &finding, sizeof finding, SECONDS_MAX + 1);
    return finding;
}
