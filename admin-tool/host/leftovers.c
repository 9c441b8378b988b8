/*
 * What a deleted user leaves behind: jobs, mail, lingering, ranges of ids, files (search.c). It is looked
 * at and told, never touched: that is the administrator's.
 */
#include "leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sql/account.h"
#include "terminal/columns.h"
#include "terminal/escape.h"
#include "mentions.h"
#include "search.h"

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

enum { EXAMPLES = 3, SEARCH_SECONDS = 5 };

struct files {
    struct search_end end; /* first */
    size_t found;
    char examples[EXAMPLES][PATH_MAX];
};

static void look(const struct search_entry *entry, const void *context, void *ret)
{
    const struct account *account = context;
    struct files *files = ret;

    if (entry->st->st_uid != account->uid)
        return;
    if (files->found < EXAMPLES)
        snprintf(files->examples[files->found], PATH_MAX, "%s", entry->path);
    files->found++;
}

static void print_files(const struct account *account, FILE *out)
{
    const struct search search = { .home = account->home, .seconds = SEARCH_SECONDS, .look = look,
                                   .context = account };
    struct files files;
    bool partly;

    search_run(&search, &files, sizeof files);
    partly = files.end.late || files.end.deep;
    if (files.found > 0)
        fprintf(out, "  files: %zu%s\n", files.found, partly ? " or more" : "");
    for (size_t i = 0; i < EXAMPLES && i < files.found; i++)
        print_path("file", files.examples[i], out);
    if (partly)
        fprintf(out, "  not all was looked at; see 'find / -xdev -uid %u'\n", account->uid);
}

/* -- all of it ---------------------------------------------------------------------------- */

static void print_all(const struct account *account, FILE *out)
{
    print_places(account->username, out);
    print_at_jobs(account->uid, "/var/spool/cron/atjobs", out);
    print_at_jobs(account->uid, "/var/spool/at", out);
    print_ranges(account, "/etc/subuid", out);
    print_ranges(account, "/etc/subgid", out);
    mentions_print(account, out);
}

void leftovers_print(const struct account *account, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&text, &size);

    if (list == NULL)
        return;
    print_all(account, list);
    print_files(account, list);
    if (fclose(list) == 0 && size > 0)
        fprintf(out, "What belongs to uid %u on this machine:\n%s", account->uid, text);
    free(text);
}
