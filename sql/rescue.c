/*
 * Reading a store that cannot be written where it lies: a read-only disk with the journal of a
 * writer that was killed, which SQLite must roll back before it reads. Both files are copied into a
 * folder below the run folder, rolled back and read there; their names are gone before anybody
 * is answered, and the copy takes no change, which would be lost with it.
 */
#include "rescue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "activity_file.h"
#include "database.h"
#include "deadline.h"
#include "store.h"
#include "store_files.h"

/* SQLite's SHARED range (sqlite.org/fileformat2.html 1.3): with it nobody changes the file. */
enum { SHARED_FIRST = 0x40000002, SHARED_SIZE = 510 };

#define COPY_PREFIX "rescue."
enum { STALE_SECONDS = 60 }; /* no helper lives that long */

static const char *const names[] = { "accounts.db", "accounts.db-journal" };

static bool join(const char *folder, const char *name, char *ret, size_t size)
{
    return snprintf(ret, size, "%s/%s", folder, name) < (int)size;
}

static void remove_copy(const char *folder)
{
    char path[4096];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (join(folder, names[i], path, sizeof path))
            unlink(path);
    rmdir(folder);
}

/* What was left by a helper that was killed while it copied. */
static void remove_stale(const char *run_dir)
{
    DIR *dir = opendir(run_dir);
    char path[4096];
    struct dirent *entry;
    struct stat st;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL)
        if (strncmp(entry->d_name, COPY_PREFIX, sizeof COPY_PREFIX - 1) == 0 &&
            join(run_dir, entry->d_name, path, sizeof path) && lstat(path, &st) == 0 &&
            st.st_mtime + STALE_SECONDS < time(NULL))
            remove_copy(path);
    closedir(dir);
}

/* The rest of `from` as a new file. */
static enum store_result copy_bytes(int from, const char *path)
{
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    ssize_t sent;

    if (to < 0)
        return STORE_FAILED;
    do {
        sent = sendfile(to, from, NULL, 4 << 20);
        deadline_renew(0);
    } while (sent > 0 || (sent < 0 && errno == EINTR));
    close(to);
    return sent == 0 ? STORE_OK : errno == ENOSPC ? STORE_FULL : STORE_FAILED;
}

static enum store_result copy_journal(const char *private_dir, const char *copy)
{
    char from[4096], to[4096];
    enum store_result result;
    int fd;

    if (!join(private_dir, names[1], from, sizeof from) || !join(copy, names[1], to, sizeof to))
        return STORE_FAILED;
    fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? STORE_OK : STORE_FAILED;
    result = copy_bytes(fd, to);
    close(fd);
    return result;
}

/* Both files, while nobody can commit or roll back between the one and the other. */
static enum store_result copy_files(const char *private_dir, const char *copy)
{
    struct flock shared = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = SHARED_FIRST,
                            .l_len = SHARED_SIZE };
    char from[4096], to[4096];
    enum store_result result;
    int fd;

    if (!join(private_dir, names[0], from, sizeof from) || !join(copy, names[0], to, sizeof to))
        return STORE_FAILED;
    fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return STORE_FAILED;
    result = deadline_hold() && fcntl(fd, F_SETLK, &shared) == 0 ? STORE_OK : STORE_BUSY;
    if (result == STORE_OK)
        result = copy_journal(private_dir, copy);
    if (result == STORE_OK)
        result = copy_bytes(fd, to);
    close(fd);
    deadline_drop();
    return result;
}

/* Opening it rolls the journal back; what is read from then on needs no name. */
static enum store_result open_copy(const char *copy, struct store **ret)
{
    struct store *store = NULL;
    enum store_result result = store_open(copy, STORE_EXISTING, &store);

    if (result == STORE_OK)
        result = database_run(store->db, "PRAGMA query_only=ON", "");
    if (result == STORE_OK)
        *ret = store;
    else
        store_close(store);
    return result;
}

enum store_result store_open_copy(const char *private_dir, const char *run_dir, struct store **ret)
{
    enum store_result result = store_check_files(private_dir, names[0]);
    char copy[4096];

    if (result != STORE_OK)
        return result;
    activity_make_folders(run_dir);
    result = store_check_files(run_dir, names[0]); /* nobody puts a store there: MISSING is fine */
    if (result != STORE_MISSING)
        return result == STORE_OK ? STORE_UNSAFE : result;
    remove_stale(run_dir);
    if (!join(run_dir, COPY_PREFIX "XXXXXX", copy, sizeof copy) || mkdtemp(copy) == NULL)
        return errno == ENOSPC ? STORE_FULL : STORE_FAILED;
    result = copy_files(private_dir, copy);
    if (result == STORE_OK)
        result = open_copy(copy, ret);
    remove_copy(copy);
    return result;
}
