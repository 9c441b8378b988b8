/*
 * Which files belong to a user: looked for through open folders and without following a link, and for a
 * few seconds at most: a disk may be large, its users may have made it larger, and another machine's may
 * not answer at all. So a child looks, and is not waited for any longer.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

enum { OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
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

static void search_folder(struct search *search, int folder, dev_t device, int depth);

/* At an entry of `folder`; search->path is its path. */
static void search_entry(struct search *search, int folder, const char *name, dev_t device,
                         int depth)
{
    struct stat st;
    int inner;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
        return;
    /* an overlay's files may have another device than their folder */
    if (S_ISDIR(st.st_mode) && (st.st_dev != device || is_walked(search, &st)))
        return;
    note(search, &st);
    if (!S_ISDIR(st.st_mode))
        return;
    if (depth == DEPTH_MAX) {
        search->finding.deep = true;
        return;
    }
    inner = openat(folder, name, OPEN_FOLDER);
    if (inner != -1)
        search_folder(search, inner, device, depth + 1);
}

/* Closes `folder`. */
static void search_folder(struct search *search, int folder, dev_t device, int depth)
{
    size_t length = strlen(search->path);
    DIR *entries = fdopendir(folder);
    const struct dirent *entry;

    if (entries == NULL) {
        close(folder);
        return;
    }
    while (!is_over(search) && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(search->path + length, sizeof search->path - length, "%s%s",
                 length > 0 && search->path[length - 1] == '/' ? "" : "/", entry->d_name);
        search_entry(search, dirfd(entries), entry->d_name, device, depth);
        search->path[length] = '\0';
    }
    closedir(entries);
}

/* Where looking would wait for another machine, or for nothing that lasts, nobody looks. */
static bool is_worth_it(int folder)
{
    static const long others[] = { 0x6969 /* NFS */, (long)0xff534d42 /* CIFS */,
                                   (long)0xfe534d42 /* SMB2 */, 0x65735546 /* FUSE */,
                                   0x9fa0 /* proc */ };
    struct statfs filesystem;

    if (fstatfs(folder, &filesystem) != 0)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if ((unsigned)filesystem.f_type == (unsigned)others[i])
            return false;
    return true;
}

/* Down from `path`, no further than its filesystem. */
static void search_below(struct search *search, const char *path)
{
    int folder = open(path, OPEN_FOLDER);
    struct stat st;

    if (folder == -1)
        return;
    if (fstat(folder, &st) != 0 || !is_worth_it(folder) || is_walked(search, &st)) {
        close(folder);
        return;
    }
    search->places[search->place_count++] = (struct place){ st.st_dev, st.st_ino };
    snprintf(search->path, sizeof search->path, "%s", path);
    note(search, &st);
    search_folder(search, folder, st.st_dev, 0);
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

/* In the child: nothing of ours stays open in it, should it hang. */
static void search_and_tell(uint32_t uid, const char *home, int pipe_end)
{
    struct search search = { .uid = uid };
    int told = fcntl(pipe_end, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    for (int fd = 0; fd < told; fd++)
        close(fd);
    close_range((unsigned)told + 1, ~0U, 0);
    clock_gettime(CLOCK_MONOTONIC, &search.until);
    search.until.tv_sec += SECONDS_MAX;
    search_all(&search, home);
    if (write(told, &search.finding, sizeof search.finding) < 0)
        _exit(1);
    _exit(0);
}

/* False when the child did not answer in time. More than a pipe takes at once is never written. */
static bool wait_for(int pipe_end, struct search_result *ret)
{
    struct pollfd answer = { .fd = pipe_end, .events = POLLIN };

    return poll(&answer, 1, (SECONDS_MAX + 1) * 1000) == 1 &&
           read(pipe_end, ret, sizeof *ret) == (ssize_t)sizeof *ret;
}

struct search_result search_files(uint32_t uid, const char *home)
{
    struct search_result finding = { .late = true };
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return finding;
    fflush(NULL);
    child = fork();
    if (child == 0)
        search_and_tell(uid, home, ends[1]);
    close(ends[1]);
    if (child > 0 && !wait_for(ends[0], &finding)) {
        finding = (struct search_result){ .late = true };
        kill(child, SIGKILL); /* on a disk that does not answer it may go only later */
    }
    if (child > 0)
        waitpid(child, NULL, finding.late ? WNOHANG : 0);
    close(ends[0]);
    return finding;
}
