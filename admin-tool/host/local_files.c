/*
 * /etc/passwd and the like, changed as shadow-utils would: whole at any instant, with a backup, owners
 * and modes kept. The caller holds lckpwdf(3), which every well-behaved tool waits for.
 */
#include "local_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "descriptor.h"

enum { FILE_MAX = 256 << 20, NAME_SIZE = 16 + LOCAL_BACKUP_SIZE };

static const char *const paths[LOCAL_FILE_COUNT] = { "/etc/passwd", "/etc/shadow", "/etc/group",
                                                     "/etc/gshadow", "/etc/subuid", "/etc/subgid" };

const char *local_file_path(enum local_file_id id)
{
    return paths[id];
}

/* -- reading ------------------------------------------------------------------------------ */

static bool read_text(struct local_file *file, int fd)
{
    size_t size = (size_t)file->st.st_size;
    ssize_t count;

    file->old = malloc(size + 1);
    file->new = malloc(size + 1);
    if (file->old == NULL || file->new == NULL)
        return false;
    while (file->old_size < size &&
           (count = read(fd, file->old + file->old_size, size - file->old_size)) != 0) {
        if (count < 0 && errno != EINTR)
            return false;
        file->old_size += count > 0 ? (size_t)count : 0;
    }
    file->old[file->old_size] = '\0';
    file->new_room = size + 1;
    return true;
}

/* A link is somebody's own arrangement, which a rename would break. */
bool local_file_load(struct local_file *file, enum local_file_id id)
{
    int fd = open(paths[id], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK), error;
    bool good;

    *file = (struct local_file){ .id = id };
    file->missing = fd == -1 && errno == ENOENT && id != LOCAL_PASSWD;
    if (fd == -1)
        return file->missing;
    errno = EINVAL;
    good = fstat(fd, &file->st) == 0 && S_ISREG(file->st.st_mode) && file->st.st_size < FILE_MAX &&
           read_text(file, fd);
    error = errno;
    close(fd);
    errno = error;
    return good;
}

void local_file_free(struct local_file *file)
{
    if (file->old != NULL)
        explicit_bzero(file->old, file->old_size);
    if (file->new != NULL)
        explicit_bzero(file->new, file->new_size);
    free(file->old);
    free(file->new);
}

/* Not realloc: what it leaves behind is not wiped. */
bool local_file_add(struct local_file *file, const char *text, size_t length)
{
    size_t room = 2 * (file->new_size + length);
    char *larger;

    if (file->new_size + length > file->new_room) {
        larger = malloc(room);
        if (larger == NULL)
            return false;
        memcpy(larger, file->new, file->new_size);
        explicit_bzero(file->new, file->new_size);
        free(file->new);
        file->new = larger;
        file->new_room = room;
    }
    memcpy(file->new + file->new_size, text, length);
    file->new_size += length;
    return true;
}

/* -- writing ------------------------------------------------------------------------------ */

/* The label of SELinux or Smack and the access list, where there are such. */
static bool copy_attributes(const char *from, int to)
{
    static const char *const names[] = { "security.selinux", "security.SMACK64",
                                         "system.posix_acl_access" };
    char value[4096];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ssize_t size = lgetxattr(from, names[i], value, sizeof value);

        if (size < 0 && errno != ENODATA && errno != ENOTSUP)
            return false;
        if (size >= 0 && fsetxattr(to, names[i], value, (size_t)size, 0) != 0)
            return false;
    }
    return true;
}

/* Owner, mode and the rest as of the file at `path`; a backup in our folder stays root's alone. */
static bool look_like(int fd, const struct stat *st, const char *path)
{
    return fchown(fd, st->st_uid, st->st_gid) == 0 && fchmod(fd, st->st_mode & 07777) == 0 &&
           copy_attributes(path, fd);
}

/* A new file, on disk when it returns. like: whose look it gets, NULL: root's alone. */
static bool write_file(const char *path, const struct local_file *like, const char *text, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool written;

    if (fd == -1)
        return false;
    written = (like == NULL || look_like(fd, &like->st, paths[like->id])) &&
              descriptor_write(fd, text, size) && fsync(fd) == 0;
    if (close(fd) != 0 || !written) {
        int error = errno;

        unlink(path);
        errno = error;
        return false;
    }
    return true;
}

static bool is_folder(const char *backup)
{
    return backup[0] == '/';
}

static void name_backup(enum local_file_id id, const char *backup, char ret[NAME_SIZE])
{
    if (is_folder(backup))
        snprintf(ret, NAME_SIZE, "%s%s", backup, strrchr(paths[id], '/'));
    else
        snprintf(ret, NAME_SIZE, "%s%s", paths[id], backup);
}

/* "/etc/passwd+" until it is in place: shadow-utils' name. */
static void name_new(enum local_file_id id, char ret[NAME_SIZE])
{
    snprintf(ret, NAME_SIZE, "%s+", paths[id]);
}

bool local_file_differs(const struct local_file *file)
{
    return file->old != NULL && (file->new_size != file->old_size ||
                                 memcmp(file->new, file->old, file->old_size) != 0);
}

bool local_files_differ(const struct local_file files[LOCAL_FILE_COUNT])
{
    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++)
        if (local_file_differs(&files[i]))
            return true;
    return false;
}

static bool prepare(const struct local_file *file, const char *backup)
{
    char kept[NAME_SIZE], path[NAME_SIZE];
    int error;

    name_backup(file->id, backup, kept);
    name_new(file->id, path);
    unlink(path); /* left by a run that was killed; we hold the lock */
    if (!write_file(kept, is_folder(backup) ? NULL : file, file->old, file->old_size))
        return false;
    if (write_file(path, file, file->new, file->new_size))
        return true;
    error = errno;
    unlink(kept);
    errno = error;
    return false;
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd != -1 && fsync(fd) == 0;

    if (fd != -1)
        close(fd);
    return synced;
}

/* The first `count` of what was prepared. */
static void abandon(const struct local_file files[LOCAL_FILE_COUNT], size_t count, const char *backup)
{
    char path[NAME_SIZE];
    int error = errno;

    for (size_t i = 0; i < count; i++) {
        if (!local_file_differs(&files[i]))
            continue;
        name_new((enum local_file_id)i, path);
        unlink(path);
        name_backup((enum local_file_id)i, backup, path);
        unlink(path);
    }
    if (is_folder(backup))
        rmdir(backup);
    errno = error;
}

void local_files_abandon(const struct local_file files[LOCAL_FILE_COUNT], const char *backup)
{
    abandon(files, LOCAL_FILE_COUNT, backup);
}

bool local_files_prepare(const struct local_file files[LOCAL_FILE_COUNT], const char *backup,
                         const char **ret_path)
{
    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++)
        if (local_file_differs(&files[i]) && !prepare(&files[i], backup)) {
            *ret_path = paths[i];
            abandon(files, i, backup);
            return false;
        }
    if (!is_folder(backup) || sync_folder(backup))
        return true;
    *ret_path = "the backup";
    abandon(files, LOCAL_FILE_COUNT, backup);
    return false;
}

bool local_files_put(const struct local_file files[LOCAL_FILE_COUNT], int folder, enum local_order order,
                     const char **ret_path)
{
    char path[NAME_SIZE];

    for (size_t n = 0; n < LOCAL_FILE_COUNT; n++) {
        size_t i = order == LOCAL_ADDS ? LOCAL_FILE_COUNT - 1 - n : n;

        name_new((enum local_file_id)i, path);
        *ret_path = paths[i];
        if (local_file_differs(&files[i]) && rename(path, paths[i]) != 0)
            return false;
    }
    *ret_path = "/etc";
    return fsync(folder) == 0;
}

/* What could not be put any more goes; the backups stay. */
static void remove_new(void)
{
    char path[NAME_SIZE];
    int error = errno;

    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++) {
        name_new((enum local_file_id)i, path);
        unlink(path);
    }
    errno = error;
}

bool local_files_replace(const struct local_file files[LOCAL_FILE_COUNT], const char *backup,
                         enum local_order order, const char **ret_path)
{
    int folder = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done;

    *ret_path = "/etc";
    if (folder == -1 || !local_files_prepare(files, backup, ret_path)) {
        if (folder != -1)
            close(folder);
        return false;
    }
    done = local_files_put(files, folder, order, ret_path);
    if (!done)
        remove_new();
    close(folder);
    return done;
}

/* -- lines -------------------------------------------------------------------------------- */

const char *local_line_end(const char *line, const char *end, size_t *ret_length)
{
    const char *stop = memchr(line, '\n', (size_t)(end - line));

    *ret_length = (size_t)((stop != NULL ? stop : end) - line);
    return stop != NULL ? stop + 1 : end;
}

bool local_line_field(const char *line, size_t length, int number, char *ret, size_t size)
{
    const char *end = line + length, *stop;

    ret[0] = '\0';
    for (; number > 0; number--) {
        line = memchr(line, ':', (size_t)(end - line));
        if (line == NULL)
            return true;
        line++;
    }
    stop = memchr(line, ':', (size_t)(end - line));
    if (stop == NULL)
        stop = end;
    if ((size_t)(stop - line) >= size)
        return false;
    snprintf(ret, size, "%.*s", (int)(stop - line), line);
    return true;
}
