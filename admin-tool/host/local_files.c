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
#include <unistd.h>

#include "descriptor.h"

enum { FILE_MAX = 256 << 20, NAME_SIZE = 16 + LOCAL_BACKUP_SIZE };

static const char *const paths[LOCAL_FILE_COUNT] = { "/etc/passwd", "/etc/shadow", "/etc/group",
                                                     "/etc/gshadow" };

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

/* -- writing ------------------------------------------------------------------------------ */

/* A new file with the old one's owner and mode, on disk when it returns. */
static bool write_file(const char *path, const struct stat *like, const char *text, size_t size)
{
    bool written;
    int fd;

    unlink(path); /* left by a run that was killed; we hold the lock */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd == -1)
        return false;
    written = fchown(fd, like->st_uid, like->st_gid) == 0 &&
              fchmod(fd, like->st_mode & 07777) == 0 && descriptor_write(fd, text, size) &&
              fsync(fd) == 0;
    if (close(fd) != 0 || !written) {
        int error = errno;

        unlink(path);
        errno = error;
        return false;
    }
    return true;
}

static void name_beside(enum local_file_id id, const char *suffix, char ret[NAME_SIZE])
{
    snprintf(ret, NAME_SIZE, "%s%s", paths[id], suffix);
}

/* "/etc/passwd+" until it is in place: shadow-utils' name. */
static void name_new(enum local_file_id id, char ret[NAME_SIZE])
{
    name_beside(id, "+", ret);
}

static bool is_changed(const struct local_file *file)
{
    return !file->missing && file->new_size != file->old_size;
}

/* Only shadow-utils' own backup may be overwritten. */
static bool put_backup(const char *path, enum local_file_id id, const char *suffix)
{
    char backup[NAME_SIZE];

    name_beside(id, suffix, backup);
    if (strcmp(suffix, "-") == 0)
        return rename(path, backup) == 0;
    return link(path, backup) == 0 && unlink(path) == 0;
}

/* The backups of before stay. */
static void remove_backup(enum local_file_id id, const char *suffix)
{
    char path[NAME_SIZE];
    int error = errno;

    name_beside(id, suffix, path);
    if (strcmp(suffix, "-") != 0)
        unlink(path);
    errno = error;
}

static bool prepare(const struct local_file *file, const char *suffix)
{
    char path[NAME_SIZE];

    name_new(file->id, path);
    if (!write_file(path, &file->st, file->old, file->old_size) ||
        !put_backup(path, file->id, suffix))
        return false;
    if (write_file(path, &file->st, file->new, file->new_size))
        return true;
    remove_backup(file->id, suffix);
    return false;
}

/* What was written beside the files, for the first `count` of them the backups, too. */
static void abandon(const struct local_file files[LOCAL_FILE_COUNT], size_t count,
                    const char *suffix)
{
    char path[NAME_SIZE];
    int error = errno;

    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++) {
        name_new((enum local_file_id)i, path);
        unlink(path);
        if (i < count && is_changed(&files[i]))
            remove_backup((enum local_file_id)i, suffix);
    }
    errno = error;
}

static bool put_all(const struct local_file files[LOCAL_FILE_COUNT], const char **ret_path)
{
    int folder = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char path[NAME_SIZE];
    bool good = folder != -1;

    *ret_path = "/etc";
    for (size_t i = 0; good && i < LOCAL_FILE_COUNT; i++) {
        name_new((enum local_file_id)i, path);
        good = !is_changed(&files[i]) || rename(path, paths[i]) == 0;
    }
    good = good && fsync(folder) == 0;
    if (folder != -1)
        close(folder);
    return good;
}

bool local_files_replace(const struct local_file files[LOCAL_FILE_COUNT], const char *backup,
                         const char **ret_path)
{
    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++)
        if (is_changed(&files[i]) && !prepare(&files[i], backup)) {
            *ret_path = paths[i];
            abandon(files, i, backup);
            return false;
        }
    if (put_all(files, ret_path))
        return true;
    abandon(files, 0, backup);
    return false;
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
