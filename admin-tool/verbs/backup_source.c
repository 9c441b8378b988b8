/*
 * A backup that is to be restored decides who is let in, so it is taken from root alone, where nobody
 * else could have put it: judged by the descriptor that is read, read once, and from then on looked at
 * in memory only.
 */
#include "backup_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "host/safe_path.h"
#include "sql/store.h"
#include "sql/store_backup.h"
#include "terminal/command.h"
#include "terminal/say.h"

void backup_source_close(struct backup_source *source)
{
    store_close(source->store);
    if (source->bytes != NULL)
        explicit_bzero(source->bytes, source->size);
    free(source->bytes);
}

/* Judged by the descriptor that is read: no name is looked at twice. */
static enum status check_source(const char *path, int fd, size_t *ret_size)
{
    struct stat st;

    if (fd == -1 || fstat(fd, &st) != 0)
        return tool_refuse(STATUS_FAILED, "%s: %s", path,
                           errno == ELOOP ? "it is a link; name the file itself" : strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_uid != CODER_OWNER_UID || (st.st_mode & 022) != 0)
        return tool_refuse(STATUS_REFUSED,
                           "%s is not a file of root's that nobody else may write: who can write it "
                           "decides who gets in; look at it, then chown and chmod it", path);
    *ret_size = (size_t)st.st_size;
    return GO_ON;
}

/* *ret_fd: the file, -1 when it cannot be opened; to be closed. GO_ON, or said. */
static enum status open_source(const struct tool *tool, const char *path, int *ret_fd)
{
    struct safe_parent parent;
    enum safe_path place = safe_path_parent(tool->folder, path, &parent);

    *ret_fd = -1;
    if (place == SAFE_PATH_FAILED)
        return tool_refuse(STATUS_FAILED, "%s: %s", path, strerror(errno));
    if (place == SAFE_PATH_OTHERS)
        return tool_refuse(STATUS_REFUSED, "%s: users other than root can write in %s, so anybody may have "
                           "put it there; look at it, then move it where only root can write, such as "
                           "/root", path, parent.where);
    *ret_fd = openat(parent.folder, parent.name,
                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    close(parent.folder);
    return GO_ON;
}

static enum status read_source(const struct tool *tool, struct backup_source *ret)
{
    const char *path = tool->arguments.operand;
    int fd;
    enum status status = open_source(tool, path, &fd);

    if (status == GO_ON)
        status = check_source(path, fd, &ret->size);
    if (status == GO_ON && (ret->bytes = malloc(ret->size + 1)) == NULL)
        status = tool_refuse(STATUS_FAILED, "not enough memory for %s", path);
    if (status == GO_ON && !descriptor_read(fd, ret->bytes, ret->size))
        status = tool_refuse(STATUS_FAILED, "%s cannot be read to its end", path);
    if (fd != -1)
        close(fd);
    return status;
}

enum status backup_source_open(const struct tool *tool, struct backup_source *ret)
{
    const char *path = tool->arguments.operand;
    enum status status = read_source(tool, ret);
    size_t size = ret->size;

    if (status != GO_ON)
        return status;
    if (!backup_unseal(ret->bytes, &size))
        return tool_refuse(STATUS_REFUSED, "%s is not as it was written: its SHA-256 is another; "
                           "use another backup", path);
    switch (store_load(ret->bytes, size, &ret->store)) {
    case STORE_OK:
        return GO_ON;
    case STORE_FOREIGN:
        return tool_refuse(STATUS_REFUSED,
                           "%s is not a store of exactly this version's schema (this is "
                           CODER_VERSION "); restore it with the version that made it", path);
    case STORE_TOO_NEW:
        return tool_refuse(STATUS_REFUSED, "%s was made by a newer version (this is " CODER_VERSION
                           "); install that version here", path);
    case STORE_FAILED:
        return tool_refuse(STATUS_FAILED, "not enough memory for %s", path);
    default:
        return tool_refuse(STATUS_REFUSED, "%s is damaged or not a backup; use another", path);
    }
}
