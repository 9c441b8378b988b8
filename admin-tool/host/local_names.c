/*
 * A user's name in the files of local accounts, replaced: the lists of local groups, and the first field of subuid(5)
 * and subgid(5). All else stays, octet by octet.
 */
#include "local_names.h"

#include <errno.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>

#include "terminal/command.h"
#include "terminal/say.h"
#include "local_backup.h"
#include "local_files.h"
#include "local_groups.h"
#include "nscd.h"

enum { FIRST = LOCAL_GROUP, LAST = LOCAL_SUBGID };

/* -- the new text ------------------------------------------------------------------------- */

/* "NAME:first:count". */
static bool rewrite_ranges(struct local_file *file, const char *old, const char *new)
{
    const char *line = file->old, *end = file->old + file->old_size, *next;
    size_t length, size = strlen(old);
    bool good = true;

    for (; good && !file->missing && line < end; line = next) {
        next = local_line_end(line, end, &length);
        if (length > size && memcmp(line, old, size) == 0 && line[size] == ':') {
            good = local_file_add(file, new, strlen(new));
            line += size;
        }
        good = good && local_file_add(file, line, (size_t)(next - line));
    }
    return good;
}

static bool rewrite(struct local_file *file, const char *old, const char *new)
{
    return file->id == LOCAL_GROUP || file->id == LOCAL_GSHADOW ? local_groups_rewrite(file, old, new)
                                                                : rewrite_ranges(file, old, new);
}

/* All of them. NULL when done, else what it failed at, with errno. */
static const char *rewrite_all(struct local_file files[LOCAL_FILE_COUNT], const char *old, const char *new)
{
    for (size_t i = FIRST; i <= LAST; i++)
        if (!local_file_load(&files[i], (enum local_file_id)i) || !rewrite(&files[i], old, new))
            return local_file_path((enum local_file_id)i);
    return NULL;
}

static void free_all(struct local_file files[LOCAL_FILE_COUNT])
{
    int error = errno;

    for (size_t i = FIRST; i <= LAST; i++)
        local_file_free(&files[i]);
    errno = error;
}

/* -- what is there ------------------------------------------------------------------------ */

/* One that cannot be read may: errno, else 0. */
static bool names(enum local_file_id id, const char *username)
{
    struct local_file file;
    bool readable = local_file_load(&file, id) && rewrite(&file, username, "");
    int error = readable ? 0 : errno;
    bool found = !readable || local_file_differs(&file);

    local_file_free(&file);
    errno = error;
    return found;
}

const char *local_names_find(const char *username)
{
    for (size_t i = FIRST; i <= LAST; i++)
        if (names((enum local_file_id)i, username))
            return local_file_path((enum local_file_id)i);
    return NULL;
}

/* "/etc/subuid, /etc/subgid"; "" for none. */
static void find_ranges(const char *username, char ret[64])
{
    ret[0] = '\0';
    for (size_t i = LOCAL_SUBUID; i <= LOCAL_SUBGID; i++)
        if (names((enum local_file_id)i, username))
            snprintf(ret + strlen(ret), 64 - strlen(ret), "%s%s", ret[0] != '\0' ? ", " : "",
                     local_file_path((enum local_file_id)i));
}

void local_names_preview(const char *old, const char *new, FILE *out)
{
    char groups[LOCAL_GROUPS_SIZE], ranges[64];

    if (local_groups_of(old, groups) && groups[0] != '\0')
        fprintf(out, "Would name %s in place of %s in the local groups %s.\n", new, old, groups);
    find_ranges(old, ranges);
    if (ranges[0] != '\0')
        fprintf(out, "Would name %s in place of %s in %s (subordinate ids).\n", new, old, ranges);
}

/* -- replaced ----------------------------------------------------------------------------- */

/* Under the lock. NULL when done, else what it failed at, with errno. */
static const char *replace_all(const struct tool *tool, const char *old, const char *new,
                               char ret_backup[LOCAL_BACKUP_SIZE])
{
    struct local_file files[LOCAL_FILE_COUNT] = { { .id = LOCAL_PASSWD } };
    const char *path = rewrite_all(files, old, new);

    ret_backup[0] = '\0';
    if (path == NULL && local_files_differ(files)) {
        path = PRIVATE_DIR;
        if (local_backup_make("rename", tool->now, ret_backup) &&
            local_files_replace(files, ret_backup, LOCAL_ADDS, &path))
            path = NULL;
    }
    free_all(files);
    return path;
}

static void complain(struct tool *tool, const char *old, const char *new, const char *path, const char *why)
{
    tool_complain(tool, "%s stands in local groups or ranges of subordinate ids that are %s's: %s: %s; run "
                  "'admin-tool users rename %s %s' again", old, new, path, why, old, new);
}

static void say_places(const char *groups, const char *ranges, const char *old, const char *new, const char *backup)
{
    if (groups[0] != '\0')
        printf("%s is in the local groups %s in place of %s.\n", new, groups, old);
    if (ranges[0] != '\0')
        printf("%s has the subordinate ids of %s in place of %s.\n", new, ranges, old);
    printf("The former files are in %s.\n", backup);
}

void local_names_follow(struct tool *tool, const char *old, const char *new)
{
    char groups[LOCAL_GROUPS_SIZE] = "", ranges[64], backup[LOCAL_BACKUP_SIZE];
    const char *path;

    if (local_names_find(old) == NULL)
        return;
    local_groups_of(old, groups);
    find_ranges(old, ranges);
    if (lckpwdf() != 0) {
        complain(tool, old, new, "/etc/.pwd.lock", "another program is changing the local accounts");
        return;
    }
    path = replace_all(tool, old, new, backup);
    if (path != NULL)
        complain(tool, old, new, path, strerror(errno));
    ulckpwdf();
    if (path != NULL || backup[0] == '\0')
        return;
    nscd_tell();
    say_places(groups, ranges, old, new, backup);
}
