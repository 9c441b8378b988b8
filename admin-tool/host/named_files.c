/*
 * Files under a user's name. They are moved inside their folder only, and nothing there is replaced: a folder of
 * spools may be a group's to write in.
 */
#include "named_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"

/* Debian's places first, then others'. */
static const struct kind {
    const char *what, *folders[2];
    mode_t type;     /* S_IFREG; 0: a folder, too (Maildir) */
    bool users, roots; /* whose it may be */
} kinds[NAMED_FILES] = {
    { "crontab", { "/var/spool/cron/crontabs", "/var/spool/cron" }, S_IFREG, true, true },
    { "mail", { "/var/mail", "/var/spool/mail" }, 0, true, false },
    { "lingering", { "/var/lib/systemd/linger", NULL }, S_IFREG, false, true },
};

/* False: there is none. */
static bool find(const struct kind *kind, const char *name, const char **ret_folder, struct stat *ret)
{
    char path[NAMED_PATH_SIZE];

    for (size_t i = 0; i < 2 && kind->folders[i] != NULL; i++) {
        snprintf(path, sizeof path, "%s/%s", kind->folders[i], name);
        *ret_folder = kind->folders[i];
        if (lstat(path, ret) == 0)
            return true;
    }
    return false;
}

size_t named_files_find(const char *name, struct named_file ret[NAMED_FILES])
{
    const char *folder;
    size_t count = 0;
    struct stat st;

    for (size_t i = 0; i < NAMED_FILES; i++)
        if (find(&kinds[i], name, &folder, &st)) {
            ret[count].what = kinds[i].what;
            snprintf(ret[count++].path, NAMED_PATH_SIZE, "%s/%s", folder, name);
        }
    return count;
}

static bool is_users(const struct kind *kind, const struct stat *st, uint32_t uid)
{
    if (!S_ISREG(st->st_mode) && (kind->type != 0 || !S_ISDIR(st->st_mode)))
        return false;
    return (kind->users && st->st_uid == uid) || (kind->roots && st->st_uid == CODER_OWNER_UID);
}

void named_files_preview(const char *old, uint32_t uid, const char *new, FILE *out)
{
    const char *folder;
    struct stat st;

    for (size_t i = 0; i < NAMED_FILES; i++)
        if (find(&kinds[i], old, &folder, &st) && is_users(&kinds[i], &st, uid))
            fprintf(out, "Would call %s/%s (%s) %s.\n", folder, old, kinds[i].what, new);
}

/* A filesystem that does not know the flag has to be asked first. */
static bool move(const char *from, const char *to)
{
    struct stat st;

    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL)
        return false;
    if (lstat(to, &st) != 0 && errno == ENOENT)
        return rename(from, to) == 0;
    errno = EEXIST;
    return false;
}

static void follow(struct tool *tool, const struct kind *kind, const char *old, uint32_t uid, const char *new)
{
    char from[NAMED_PATH_SIZE], to[NAMED_PATH_SIZE];
    const char *folder;
    struct stat st;

    if (!find(kind, old, &folder, &st))
        return;
    snprintf(from, sizeof from, "%s/%s", folder, old);
    snprintf(to, sizeof to, "%s/%s", folder, new);
    if (!is_users(kind, &st, uid))
        tool_complain(tool, "%s is not %s's own and was left alone; look at it", from, new);
    else if (move(from, to))
        printf("%s (%s) is %s now.\n", from, kind->what, to);
    else
        tool_complain(tool, "%s could not be called %s: %s; look, and run 'admin-tool users rename %s %s' again", from,
                      to, strerror(errno), old, new);
}

void named_files_follow(struct tool *tool, const char *old, uint32_t uid, const char *new)
{
    for (size_t i = 0; i < NAMED_FILES; i++)
        follow(tool, &kinds[i], old, uid, new);
}
