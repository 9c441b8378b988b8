/*
 * A folder of backups. Only what has exactly the name that we give is counted and removed, and never the one just made:
 * whatever the clock did, there is always a backup of today.
 */
#include "backup_keep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/safe_path.h"
#include "terminal/command.h"
#include "terminal/fault.h"
#include "terminal/say.h"
#include "backup_target.h"

/* Sorted as text they are in the order of time (ISO 8601, UTC). */
#define NAME_PATTERN "accounts-########T######Z.backup"
#define NAME_FORMAT "accounts-%Y%m%dT%H%M%SZ.backup"
enum { NAME_SIZE = sizeof NAME_PATTERN };

enum status backup_keep_count(const struct tool *tool, size_t *ret)
{
    const char *text = tool->arguments.value[OPTION_KEEP];
    size_t length = strlen(text);

    *ret = length < 5 && strspn(text, "0123456789") == length ? strtoul(text, NULL, 10) : 0;
    if (*ret > 0)
        return GO_ON;
    return tool_refuse_as(KIND_USAGE, "keep", text, "--keep takes a number from 1 to 9999, not '%s'", text);
}

/* -- the folder --------------------------------------------------------------------------- */

static enum status refuse_folder(const char *path, int error)
{
    return tool_refuse(STATUS_FAILED, "%s: %s; no backup was made", path, strerror(error));
}

static enum status refuse_others(const char *path, const char *where)
{
    return tool_refuse(STATUS_REFUSED, "%s: users other than root can write in %s, and 'admin-tool restore' takes no file from "
                       "there; a folder for backups is root's alone", path, where);
}

/* Nobody else can put a file, or another folder, in its place. */
static enum status judge(const struct tool *tool, const char *path, struct safe_parent *ret)
{
    switch (safe_path_parent(tool->folder, path, ret)) {
    case SAFE_PATH_YES:
        return GO_ON;
    case SAFE_PATH_OTHERS:
        return refuse_others(path, ret->where);
    default:
        return refuse_folder(path, errno);
    }
}

static enum status make_folder(const struct tool *tool, const char *path)
{
    struct safe_parent parent;
    enum status status = judge(tool, path, &parent);

    if (status != GO_ON)
        return status;
    if (!tool_has(tool, OPTION_DRY_RUN) && mkdirat(parent.folder, parent.name, 0700) != 0 && errno != EEXIST)
        status = refuse_folder(path, errno);
    close(parent.folder);
    return status;
}

static enum status judge_folder(const struct tool *tool, const char *file)
{
    struct safe_parent parent;
    enum status status = judge(tool, file, &parent);

    if (status == GO_ON)
        close(parent.folder);
    return status;
}

enum status backup_keep_name(const struct tool *tool, char ret[BACKUP_PATH_SIZE])
{
    const char *folder = tool->arguments.operand;
    size_t length = strlen(folder);
    time_t now = (time_t)tool->now;
    char name[NAME_SIZE];
    struct tm time;
    enum status status;

    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (length + 1 + NAME_SIZE > BACKUP_PATH_SIZE || gmtime_r(&now, &time) == NULL)
        return refuse_folder(folder, ENAMETOOLONG);
    strftime(name, sizeof name, NAME_FORMAT, &time);
    snprintf(ret, BACKUP_PATH_SIZE, "%.*s", (int)length, folder);
    status = make_folder(tool, ret);
    snprintf(ret + length, BACKUP_PATH_SIZE - length, "/%s", name);
    if (status == GO_ON && (!tool_has(tool, OPTION_DRY_RUN) || faccessat(tool->folder, folder, F_OK, 0) == 0))
        status = judge_folder(tool, ret);
    return status;
}

/* -- the newest --------------------------------------------------------------------------- */

static bool is_ours(const char *name)
{
    size_t i = 0;

    for (; NAME_PATTERN[i] != '\0' && name[i] != '\0'; i++)
        if (NAME_PATTERN[i] == '#' ? name[i] < '0' || name[i] > '9' : name[i] != NAME_PATTERN[i])
            return false;
    return NAME_PATTERN[i] == name[i];
}

static int is_named_ours(const struct dirent *entry)
{
    return is_ours(entry->d_name);
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*b)->d_name, (*a)->d_name);
}

static bool is_file(int folder, const char *name)
{
    struct stat st;

    return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

size_t backup_keep_newest(struct tool *tool, const struct backup_target *made, size_t keep)
{
    struct dirent **names = NULL;
    int count = scandirat(made->folder, ".", &names, is_named_ours, newest_first);
    size_t others = 0, removed = 0;

    if (count < 0)
        tool_complain(tool, "the backup was made, but the folder cannot be read: %s; no older one was removed", strerror(errno));
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        bool goes = strcmp(name, made->name) != 0 && is_file(made->folder, name) && ++others >= keep;

        if (goes && unlinkat(made->folder, name, 0) == 0)
            removed++;
        else if (goes)
            tool_complain(tool, "the backup was made, but %s could not be removed: %s; look at it, then remove it", name,
                          strerror(errno));
        free(names[i]);
    }
    free(names);
    return removed;
}
