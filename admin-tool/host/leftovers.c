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
#include "terminal/answer.h"
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

/* Of one user. */
struct files {
    size_t found;
    char examples[EXAMPLES][PATH_MAX];
};

struct answer {
    struct search_end end; /* first */
    struct files all[];
};

/* Whose files; and of each, below which folder they are not counted; NULL: everywhere. */
struct question {
    const struct account *accounts;
    size_t count;
    const char **but_below;
};

static bool is_below(const char *path, const char *folder)
{
    size_t length = folder != NULL ? strlen(folder) : 0;

    return length > 0 && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void note(const struct search_entry *entry, struct files *files)
{
    if (files->found < EXAMPLES)
        snprintf(files->examples[files->found], PATH_MAX, "%s", entry->path);
    files->found++;
}

static void look(const struct search_entry *entry, const void *context, void *ret)
{
    const struct question *question = context;
    struct answer *answer = ret;

    for (size_t i = 0; i < question->count; i++)
        if (entry->st->st_uid == question->accounts[i].uid && !is_below(entry->path, question->but_below[i]))
            note(entry, &answer->all[i]);
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

static void print_files(const struct account *account, const struct files *files, bool partly, FILE *out)
{
    if (files->found > 0)
        fprintf(out, "  files: %zu%s\n", files->found, partly ? " or more" : "");
    for (size_t i = 0; i < EXAMPLES && i < files->found; i++)
        print_path("file", files->examples[i], out);
    if (files->found > 0 || partly)
        print_commands(account, partly, out);
}

/* but_below, homes: room for as many as there are accounts. */
static void ask(const struct account *accounts, size_t count, bool without_home, const char **but_below,
                const char **homes, struct answer *ret)
{
    const struct question question = { accounts, count, but_below };
    const struct search search = { .homes = homes, .home_count = count, .seconds = SEARCH_SECONDS, .look = look,
                                   .context = &question };

    for (size_t i = 0; i < count; i++) {
        but_below[i] = without_home && is_own_home(&accounts[i]) ? accounts[i].home : NULL;
        homes[i] = but_below[i] == NULL ? accounts[i].home : NULL;
    }
    search_run(&search, ret, sizeof *ret + count * sizeof ret->all[0]);
}

/* NULL when memory is short; to be freed. */
static struct answer *find_files(const struct account *accounts, size_t count, bool without_home)
{
    struct answer *answer = calloc(1, sizeof *answer + count * sizeof answer->all[0]);
    const char **but_below = calloc(count, sizeof *but_below), **homes = calloc(count, sizeof *homes);

    if (answer != NULL && but_below != NULL && homes != NULL) {
        ask(accounts, count, without_home, but_below, homes, answer);
    } else {
        free(answer);
        answer = NULL;
    }
    free(but_below);
    free(homes);
    return answer;
}

/* -- all of it ---------------------------------------------------------------------------- */

static void print_all(const struct account *account, bool without_home, FILE *out)
{
    print_places(account->username, out);
    print_at_jobs(account->uid, "/var/spool/cron/atjobs", out);
    print_at_jobs(account->uid, "/var/spool/at", out);
    mentions_print(account, out);
    if (!without_home)
        print_home(account, out);
}

/* files: NULL: not looked for. */
static void print_one(const struct account *account, bool without_home, const struct files *files, bool partly,
                      FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&text, &size);

    if (list == NULL)
        return;
    print_all(account, without_home, list);
    if (files != NULL)
        print_files(account, files, partly, list);
    if (fclose(list) == 0 && size > 0)
        fprintf(out, "What belongs to uid %u on this machine:\n%s", account->uid, text);
    free(text);
}

void leftovers_print(const struct account *accounts, size_t count, bool without_home, FILE *out)
{
    struct answer *answer = find_files(accounts, count, without_home);

    for (size_t i = 0; i < count; i++) {
        answer_about(accounts[i].username);
        print_one(&accounts[i], without_home, answer != NULL ? &answer->all[i] : NULL,
                  answer != NULL && (answer->end.late || answer->end.deep), out);
    }
    free(answer);
}
