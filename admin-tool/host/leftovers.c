/*
 * What a deleted user leaves behind: jobs, mail, lingering, the home, files (search.c). It is looked
 * at and told with the command that removes it, never touched: that is the administrator's.
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
#include "home_owner.h"
#include "mentions.h"
#include "named_files.h"
#include "search.h"
#include "shell_word.h"

/* -- in fixed places ---------------------------------------------------------------------- */

static void print_path(const char *what, const char *path, FILE *out)
{
    char plain[CELL_SIZE];

    print_escape(path, plain, sizeof plain);
    fprintf(out, "  %s: %s\n", what, plain);
}

static void print_removal(const char *path, FILE *out)
{
    fprintf(out, "    remove it: rm %s\n", path);
}

static void print_places(const char *name, FILE *out)
{
    struct named_file files[NAMED_FILES];
    size_t count = named_files_find(name, files);

    for (size_t i = 0; i < count; i++) {
        print_path(files[i].what, files[i].path, out);
        print_removal(files[i].path, out);
    }
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
        fprintf(out, "  at jobs: %zu in %s\n    remove them: find %s -maxdepth 1 -type f -uid %u -delete\n", count, folder,
                folder, uid);
}

/* -- the home ----------------------------------------------------------------------------- */

static bool is_own_home(const struct account *account)
{
    char reason[HOME_REASON_SIZE];

    return home_judge(account->home, account->uid, reason) == HOME_OWN;
}

static void print_home(const struct account *account, FILE *out)
{
    char word[SHELL_WORD_SIZE];

    if (!is_own_home(account))
        return;
    shell_word(account->home, word);
    print_path("home", account->home, out);
    fprintf(out, "    remove it: rm -r --one-file-system %s\n", word);
}

/* -- files -------------------------------------------------------------------------------- */

enum { EXAMPLES = 3, SEARCH_SECONDS = 5, FOLDERS_SIZE = 1900 };

struct files {
    struct search_end end; /* first */
    size_t found;
    char examples[EXAMPLES][PATH_MAX];
};

/* Whose files, and below which folder they are not counted; NULL: everywhere. */
struct question {
    uint32_t uid;
    const char *but_below;
};

static bool is_below(const char *path, const char *folder)
{
    size_t length = folder != NULL ? strlen(folder) : 0;

    return length > 0 && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void look(const struct search_entry *entry, const void *context, void *ret)
{
    const struct question *question = context;
    struct files *files = ret;

    if (entry->st->st_uid != question->uid || is_below(entry->path, question->but_below))
        return;
    if (files->found < EXAMPLES)
        snprintf(files->examples[files->found], PATH_MAX, "%s", entry->path);
    files->found++;
}

/* The files are those of everywhere, so are the ones the commands mean. */
static void print_commands(const struct account *account, bool partly, FILE *out)
{
    char folders[FOLDERS_SIZE];

    search_folders(account->home, SEARCH_ALL, folders, sizeof folders);
    fprintf(out, "%ssee all of them: find %s -xdev -uid %u -ls\n", partly ? "  not all was looked at; " : "    ",
            folders, account->uid);
    fprintf(out, "    remove them: find %s -xdev -depth -uid %u -delete\n", folders, account->uid);
}

static void print_files(const struct account *account, bool without_home, FILE *out)
{
    const struct question question = { account->uid,
                                       without_home && is_own_home(account) ? account->home : NULL };
    const struct search search = { .home = question.but_below == NULL ? account->home : NULL,
                                   .seconds = SEARCH_SECONDS, .look = look, .context = &question };
    struct files files;
    bool partly;

    search_run(&search, &files, sizeof files);
    partly = files.end.late || files.end.deep;
    if (files.found > 0)
        fprintf(out, "  files: %zu%s\n", files.found, partly ? " or more" : "");
    for (size_t i = 0; i < EXAMPLES && i < files.found; i++)
        print_path("file", files.examples[i], out);
    if (files.found > 0 || partly)
        print_commands(account, partly, out);
}

/* -- all of it ---------------------------------------------------------------------------- */

static void print_all(const struct account *account, FILE *out)
{
    print_places(account->username, out);
    print_at_jobs(account->uid, "/var/spool/cron/atjobs", out);
    print_at_jobs(account->uid, "/var/spool/at", out);
    mentions_print(account, out);
}

void leftovers_print(const struct account *account, bool without_home, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&text, &size);

    if (list == NULL)
        return;
    print_all(account, list);
    if (!without_home)
        print_home(account, list);
    print_files(account, without_home, list);
    if (fclose(list) == 0 && size > 0)
        fprintf(out, "What belongs to uid %u on this machine:\n%s", account->uid, text);
    free(text);
}
