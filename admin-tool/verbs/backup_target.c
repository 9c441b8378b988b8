/*
 * A backup's file: it has no name before it is complete and on the disk, and takes nobody's place.
 */
#include "backup_target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "host/safe_path.h"
#include "sql/store_backup.h"
#include "terminal/command.h"
#include "terminal/say.h"

static enum status refuse_target(const struct backup_target *target, int error)
{
    if (error == EEXIST)
        return tool_refuse(STATUS_REFUSED, "%s is there already; name a file that is not",
                           target->path);
    return tool_refuse(STATUS_FAILED, "%s: %s; no backup was made", target->path, strerror(error));
}

enum status backup_target_open(const struct tool *tool, const char *path, struct backup_target *ret)
{
    struct backup_target target = { .path = path, .folder = -1 };
    const char *slash = strrchr(target.path, '/');
    size_t length = slash != NULL ? (size_t)(slash - target.path) + 1 : 0;
    char *folder = length > 0 ? strndup(target.path, length) : strdup(".");
    struct stat st;

    target.name = target.path + length;
    if (folder == NULL)
        return refuse_target(&target, ENOMEM);
    target.folder = openat(tool->folder, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (target.folder == -1)
        return refuse_target(&target, errno);
    if (fstatat(target.folder, target.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        errno = EEXIST;
    if (target.name[0] == '\0' || errno != ENOENT) {
        enum status status = refuse_target(&target, target.name[0] == '\0' ? EISDIR : errno);

        close(target.folder);
        return status;
    }
    *ret = target;
    return GO_ON;
}

/* Give the finished file its name, which nobody else may have taken meanwhile. hidden: its present
 * one, NULL when it has none. */
static bool place(const struct backup_target *target, int fd, const char *hidden)
{
    char self[64];

    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (hidden == NULL)
        return linkat(AT_FDCWD, self, target->folder, target->name, AT_SYMLINK_FOLLOW) == 0;
    if (renameat2(target->folder, hidden, target->folder, target->name, RENAME_NOREPLACE) == 0)
        return true;
    return errno == EINVAL && /* not every filesystem can */
           linkat(target->folder, hidden, target->folder, target->name, 0) == 0 &&
           unlinkat(target->folder, hidden, 0) == 0;
}

enum status backup_target_write(const struct backup_target *target, const unsigned char *bytes, size_t size)
{
    char name[64], seal[BACKUP_SEAL_SIZE];
    const char *hidden = NULL;
    int fd = openat(target->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), error = 0;

    if (fd == -1) { /* nor can every one make a file without a name */
        snprintf(name, sizeof name, ".admin-tool-backup.%d", (int)getpid());
        hidden = name;
        fd = openat(target->folder, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0600);
    }
    if (fd == -1)
        return refuse_target(target, errno);
    backup_seal(bytes, size, seal);
    if (!descriptor_write(fd, bytes, size) || !descriptor_write(fd, seal, sizeof seal) ||
        fsync(fd) != 0 || !place(target, fd, hidden))
        error = errno;
    if (error != 0 && hidden != NULL)
        unlinkat(target->folder, hidden, 0);
    if (error == 0 && fsync(target->folder) != 0)
        error = errno;
    close(fd);
    return error == 0 ? GO_ON : refuse_target(target, error);
}

void backup_target_note(const struct tool *tool, const struct backup_target *target)
{
    struct safe_parent parent;

    if (safe_path_parent(tool->folder, target->path, &parent) == SAFE_PATH_OTHERS)
        tool_refuse(GO_ON, "note: users other than root can write in %s, so 'admin-tool restore' takes no "
                    "file from there; a folder for backups is root's alone, such as /root",
                    parent.where);
    if (parent.folder != -1)
        close(parent.folder);
}
