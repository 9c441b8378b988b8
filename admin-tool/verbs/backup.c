/*
 * Backups: a copy of the store, as it is at one instant, in one new file that is root's alone:
 * complete or absent, and never in another's place.
 */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change/ready.h"
#include "change/transaction.h"
#include "host/descriptor.h"
#include "host/safe_path.h"
#include "sql/store_backup.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"

/* -- a new file, complete or absent ------------------------------------------------------- */

/* Where it goes; name: inside folder. */
struct target {
    const char *path, *name;
    int folder;
};

static enum status refuse_target(const struct target *target, int error)
{
    if (error == EEXIST)
        return tool_refuse(STATUS_REFUSED, "%s is there already; name a file that is not",
                           target->path);
    return tool_refuse(STATUS_FAILED, "%s: %s; no backup was made", target->path, strerror(error));
}

/* ret->folder: to be closed when it is GO_ON. */
static enum status open_target(const struct tool *tool, struct target *ret)
{
    struct target target = { .path = tool->arguments.operand, .folder = -1 };
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
static bool place(const struct target *target, int fd, const char *hidden)
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

static enum status write_target(const struct target *target, const unsigned char *bytes,
                                size_t size)
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

/* It may be made anywhere, but who restores it should hear now that it has to be moved first. */
static void note_place(const struct tool *tool, const struct target *target)
{
    struct safe_parent parent;

    if (safe_path_parent(tool->folder, target->path, &parent) == SAFE_PATH_OTHERS)
        tool_refuse(GO_ON, "note: others than root can write in %s, so 'admin-tool restore' takes no "
                    "file from there; a folder for backups is root's alone, such as /root",
                    parent.where);
    if (parent.folder != -1)
        close(parent.folder);
}

enum status backup_make(struct tool *tool)
{
    struct target target = { .name = "", .folder = -1 };
    char path[4096];
    unsigned char *bytes = NULL;
    size_t size = 0;
    enum status status = tool_open(tool);

    if (status == GO_ON && tool->store == NULL)
        return tool_refuse(STATUS_FAILED, "there is no store yet, and so nothing to back up");
    if (status == GO_ON)
        status = open_target(tool, &target);
    if (status != GO_ON)
        return status;
    if (tool_has(tool, OPTION_DRY_RUN)) {
        note_place(tool, &target);
        print_escape(target.path, path, sizeof path);
        printf("Would write %s; nothing was changed.\n", path);
        close(target.folder);
        return STATUS_DONE;
    }
    status = tool_store_status(tool, store_snapshot(tool->store, &bytes, &size), "the store");
    change_hold_signals();
    if (status == GO_ON)
        status = write_target(&target, bytes, size);
    change_release_signals();
    store_snapshot_free(bytes, size);
    close(target.folder);
    if (status != GO_ON)
        return status;
    tool->changed = true;
    note_place(tool, &target);
    print_escape(target.path, path, sizeof path);
    printf("%s holds accounts, password hashes, policy and the audit log: keep it as safe as the "
           "store.\n", path);
    return STATUS_DONE;
}
