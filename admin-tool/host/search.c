/*
 * A walk over this machine's files, the likeliest places first: through open folders, without following a link
 * or asking what is mounted on the way.
 */
#include "search.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "deputy.h"
#include "mounted.h"
#include "shell_word.h"

enum { DEPTH_MAX = 128, PLACES_MAX = 64 /* beside the homes */ };

struct place {
    dev_t device;
    ino_t inode;
};

struct walk {
    const struct search *search;
    struct search_end *end;
    void *ret; /* begins with *end */
    struct timespec until; /* CLOCK_MONOTONIC */
    struct place *places; /* where a walk began */
    size_t place_count, place_room;
    char path[PATH_MAX]; /* where we are */
};

static bool is_over(struct walk *walk)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0 || now.tv_sec > walk->until.tv_sec ||
        (now.tv_sec == walk->until.tv_sec && now.tv_nsec >= walk->until.tv_nsec))
        walk->end->late = true;
    return walk->end->late;
}

/* One of the places where a walk began: not walked again from above. */
static bool is_walked(const struct walk *walk, const struct stat *st)
{
    for (size_t i = 0; i < walk->place_count; i++)
        if (walk->places[i].device == st->st_dev && walk->places[i].inode == st->st_ino)
            return true;
    return false;
}

static void look(const struct walk *walk, int fd, const struct stat *st)
{
    const struct search_entry entry = { fd, walk->path, st };

    walk->search->look(&entry, walk->search->context, walk->ret);
}

static void search_folder(struct walk *walk, int folder, uint64_t mount, int depth);

/* At what `entry` (O_PATH) leads to; walk->path is its path. */
static void search_entry(struct walk *walk, int entry, uint64_t mount, int depth)
{
    struct stat st;
    int inner;

    if (fstat(entry, &st) != 0 || (S_ISDIR(st.st_mode) && is_walked(walk, &st)))
        return;
    look(walk, entry, &st);
    if (!S_ISDIR(st.st_mode))
        return;
    if (depth == DEPTH_MAX) {
        walk->end->deep = true;
        return;
    }
    inner = openat(entry, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (inner != -1)
        search_folder(walk, inner, mount, depth + 1);
}

/* Closes `folder`. */
static void search_folder(struct walk *walk, int folder, uint64_t mount, int depth)
{
    size_t length = strlen(walk->path);
    DIR *entries = fdopendir(folder);
    const struct dirent *entry;

    if (entries == NULL) {
        close(folder);
        return;
    }
    while (!is_over(walk) && (entry = readdir(entries)) != NULL) {
        int inner;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(walk->path + length, sizeof walk->path - length, "%s%s",
                 length > 0 && walk->path[length - 1] == '/' ? "" : "/", entry->d_name);
        inner = mounted_open_path(dirfd(entries), entry->d_name, mount);
        if (inner != -1) {
            search_entry(walk, inner, mount, depth);
            close(inner);
        }
        walk->path[length] = '\0';
    }
    closedir(entries);
}

/* Where looking would wait for another machine or a user's program, and where no user's file can be, nobody looks. */
static bool is_worth_it(uint64_t mount)
{
    static const char *const others[] = { "nfs", "nfs4", "cifs", "smb3", "ceph", "afs", "9p", "autofs", "proc",
                                          "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "debugfs", "tracefs",
                                          "securityfs", "configfs", "bpf", "pstore", "efivarfs", "nsfs", "vfat",
                                          "squashfs", "erofs", "iso9660", "hugetlbfs", "binfmt_misc", "rpc_pipefs" };
    char type[32];

    if (!mounted_type(mount, type, sizeof type) || strncmp(type, "fuse", 4) == 0)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(type, others[i]) == 0)
            return false;
    return true;
}

/* False when there is no room. */
static bool add_place(struct walk *walk, const struct stat *st)
{
    if (walk->place_count == walk->place_room)
        return false;
    walk->places[walk->place_count++] = (struct place){ st->st_dev, st->st_ino };
    return true;
}

static bool has_device(const struct walk *walk, dev_t device)
{
    for (size_t i = 0; i < walk->place_count; i++)
        if (walk->places[i].device == device)
            return true;
    return false;
}

/* Down from what `place` (O_PATH) leads to. fresh: only when it is of a filesystem that no walk began on. */
static void search_place(struct walk *walk, int place, const char *path, bool fresh)
{
    uint64_t mount;
    struct stat st;
    int folder;

    if (!mounted_id(place, &mount) || !is_worth_it(mount) || fstat(place, &st) != 0 ||
        is_walked(walk, &st) || (fresh && has_device(walk, st.st_dev)))
        return;
    folder = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder == -1)
        return;
    if (!add_place(walk, &st)) {
        walk->end->late = true;
        close(folder);
        return;
    }
    snprintf(walk->path, sizeof walk->path, "%s", path);
    look(walk, place, &st);
    search_folder(walk, folder, mount, 0);
}

/* Down from `path`, no further than its mount. */
static void search_below(struct walk *walk, const char *path, bool fresh)
{
    int place = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (place == -1)
        return;
    search_place(walk, place, path, fresh);
    close(place);
}

/* A disk of its own (/data): walks do not go from one mount to another. */
static bool search_mount(const char *point, void *context)
{
    search_below(context, point, true);
    return !is_over(context);
}

/* As if it had been walked. */
static void leave_out(struct walk *walk, const char *path)
{
    struct stat st;

    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
        add_place(walk, &st);
}

/* The likeliest first, for the time is short. */
static const char *const places[] = { "/home", "/tmp", "/var/tmp", "/dev/shm", "/srv", "/opt",
                                      "/var", "/run", "/usr/local", "/" };

static size_t count_places(enum search_scope scope)
{
    return scope == SEARCH_HOMES ? 4 : sizeof places / sizeof places[0];
}

static void search_all(struct walk *walk)
{
    for (size_t i = 0; i < walk->search->home_count; i++)
        if (walk->search->homes[i] != NULL)
            search_below(walk, walk->search->homes[i], false);
    if (walk->search->scope == SEARCH_WRITABLE)
        leave_out(walk, "/usr");
    for (size_t i = 0; i < count_places(walk->search->scope); i++)
        search_below(walk, places[i], false);
    if (walk->search->scope != SEARCH_HOMES)
        mounted_each(search_mount, walk);
}

/* In the child. */
static void work(const void *context, void *ret)
{
    const struct search *search = context;
    struct walk walk = { .search = search, .end = ret, .ret = ret, .place_room = PLACES_MAX + search->home_count };

    clock_gettime(CLOCK_MONOTONIC, &walk.until);
    walk.until.tv_sec += search->seconds;
    walk.places = calloc(walk.place_room, sizeof *walk.places);
    if (walk.places != NULL)
        search_all(&walk);
    else
        walk.end->late = true;
    free(walk.places);
}

void search_run(const struct search *search, void *ret, size_t size)
{
    memset(ret, 0, size);
    if (!deputy_ask(work, search, ret, size, search->seconds + 1))
        ((struct search_end *)ret)->late = true;
}

/* -- for find(1) -------------------------------------------------------------------------- */

struct beginning {
    char path[PATH_MAX];
    uint64_t mount;
    dev_t device;
};

struct beginnings {
    struct beginning list[PLACES_MAX];
    size_t count;
};

static bool is_below(const char *path, const char *folder)
{
    size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool is_reached(const struct beginnings *found, const char *path, uint64_t mount)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].mount == mount && is_below(path, found->list[i].path))
            return true;
    return false;
}

static bool is_begun(const struct beginnings *found, dev_t device)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].device == device)
            return true;
    return false;
}

static void add_beginning(struct beginnings *found, const char *path, bool fresh)
{
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC | O_DIRECTORY);
    struct beginning *next = &found->list[found->count];
    struct stat st;

    if (fd == -1)
        return;
    if (found->count < PLACES_MAX && mounted_id(fd, &next->mount) && is_worth_it(next->mount) &&
        !is_reached(found, path, next->mount) && fstat(fd, &st) == 0 && (!fresh || !is_begun(found, st.st_dev))) {
        next->device = st.st_dev;
        snprintf(next->path, sizeof next->path, "%s", path);
        found->count++;
    }
    close(fd);
}

static bool add_mount(const char *point, void *context)
{
    add_beginning(context, point, true);
    return true;
}

/* From the end of the list, where the folders are that reach furthest. */
void search_folders(const char *home, enum search_scope scope, char *ret, size_t size)
{
    struct beginnings *found = calloc(1, sizeof *found);
    size_t used = 0;

    snprintf(ret, size, "/");
    if (found == NULL)
        return;
    ret[0] = '\0';
    for (size_t i = count_places(scope); i > 0; i--)
        add_beginning(found, places[i - 1], false);
    if (home != NULL)
        add_beginning(found, home, false);
    if (scope != SEARCH_HOMES)
        mounted_each(add_mount, found);
    for (size_t i = 0; i < found->count; i++) {
        char word[SHELL_WORD_SIZE];

        shell_word(found->list[i].path, word);
        if (used + strlen(word) + 2 <= size)
            used += (size_t)snprintf(ret + used, size - used, "%s%s", used > 0 ? " " : "", word);
    }
    free(found);
}
