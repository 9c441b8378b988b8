/*
 * What a deleted user leaves behind: jobs, mail, lingering, ranges of ids, files. Only looked at, through
 * open folders and without following a link, and for a few seconds at most: a disk may be large, and
 * its users may have made it larger.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

enum { OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
enum { SECONDS_MAX = 5, DEPTH_MAX = 128, EXAMPLES = 3, PLACES_MAX = 16 };

/* -- in fixed places ---------------------------------------------------------------------- */

static void print_path(const char *what, const char *path, FILE *out)
{
    char plain[CELL_SIZE];

    print_escape(path, plain, sizeof plain);
    fprintf(out, "  %s: %s\n", what, plain);
}

/* FOLDER/NAME, if there is one: true when it was printed. */
static bool print_named(const char *what, const char *folder, const char *name, FILE *out)
{
    char path[256];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (lstat(path, &st) != 0)
        return false;
    print_path(what, path, out);
    return true;
}

/* Debian's places first, then others'. */
static void print_places(const char *name, FILE *out)
{
    if (!print_named("crontab", "/var/spool/cron/crontabs", name, out))
        print_named("crontab", "/var/spool/cron", name, out);
    if (!print_named("mail", "/var/mail", name, out))
        print_named("mail", "/var/spool/mail", name, out);
    print_named("lingering", "/var/lib/systemd/linger", name, out);
}

static void print_at_jobs(uint32_t uid, const char *folder, FILE *out)
{
    DIR *jobs = opendir(folder);
    const struct dirent *entry;
    size_t count = 0;
    struct stat st;

    while (jobs != NULL && (entry = readdir(jobs)) != NULL)
        if (fstatat(dirfd(jobs), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && st.st_uid == uid)
            count++;
    if (jobs != NULL)
        closedir(jobs);
    if (count > 0)
        fprintf(out, "  at jobs: %zu in %s\n", count, folder);
}

/* subuid(5): "NAME:first:count" or "UID:first:count". */
static void print_ranges(const struct account *account, const char *path, FILE *out)
{
    FILE *file = fopen(path, "re");
    char line[1024], uid[16];
    bool found = false;

    snprintf(uid, sizeof uid, "%u", account->uid);
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, ":\n")] = '\0';
        found = strcmp(line, account->username) == 0 || strcmp(line, uid) == 0;
    }
    if (file != NULL)
        fclose(file);
    if (found)
        fprintf(out, "  subordinate ids: a line of %s\n", path);
}

/* -- files -------------------------------------------------------------------------------- */

struct place {
    dev_t device;
    ino_t inode;
};

struct search {
    uint32_t uid;
    struct timespec until; /* CLOCK_MONOTONIC */
    bool late, deep;       /* not all was looked at */
    struct place places[PLACES_MAX];
    size_t place_count;
    size_t found;
    char examples[EXAMPLES][PATH_MAX];
    char path[PATH_MAX]; /* where we are */
};

static bool is_over(struct search *search)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0 || now.tv_sec > search->until.tv_sec ||
        (now.tv_sec == search->until.tv_sec && now.tv_nsec >= search->until.tv_nsec))
        search->late = true;
    return search->late;
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
    if (search->found < EXAMPLES)
        snprintf(search->examples[search->found], PATH_MAX, "%s", search->path);
    search->found++;
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
        search->deep = true;
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

static void print_files(struct search *search, FILE *out)
{
    if (search->found > 0)
        fprintf(out, "  files: %zu%s\n", search->found,
                search->late || search->deep ? " or more" : "");
    for (size_t i = 0; i < EXAMPLES && i < search->found; i++)
        print_path("file", search->examples[i], out);
    if (search->late || search->deep)
        fprintf(out, "  not all was looked at; see 'find / -xdev -uid %u'\n", search->uid);
}

static void print_all(const struct account *account, FILE *out)
{
    print_places(account->username, out);
    print_at_jobs(account->uid, "/var/spool/cron/atjobs", out);
    print_at_jobs(account->uid, "/var/spool/at", out);
    print_ranges(account, "/etc/subuid", out);
    print_ranges(account, "/etc/subgid", out);
}

void leftovers_print(const struct account *account, FILE *out)
{
    struct search search = { .uid = account->uid };
    char *text = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&text, &size);

    if (list == NULL)
        return;
    clock_gettime(CLOCK_MONOTONIC, &search.until);
    search.until.tv_sec += SECONDS_MAX;
    print_all(account, list);
    search_all(&search, account->home);
    print_files(&search, list);
    if (fclose(list) == 0 && size > 0)
        fprintf(out, "What belongs to uid %u on this machine:\n%s", account->uid, text);
    free(text);
}
