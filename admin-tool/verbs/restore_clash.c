/*
 * Clashes of a backup with this machine. Our own directory answers NSS, too, so an answer that is
 * exactly what it says is ours and no clash.
 */
#include "restore_clash.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/home_owner.h"
#include "host/local_lines.h"
#include "host/local_users.h"
#include "host/login_defs.h"
#include "host/reserved.h"
#include "import/claims.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "sql/account.h"
#include "sql/restore_plan.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/escape.h"

enum { PAGE_SIZE = 64 };

struct clashes {
    struct claims homes; /* of the backup; holder: the account's name */
    struct id_ranges subordinate;
    bool published;
    struct directory_view directory;
};

/* -- what is read once -------------------------------------------------------------------- */

static bool read_homes(struct clashes *clashes, struct store *backup)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    bool good = page != NULL;
    uint32_t after = 0;
    size_t count = 1;

    while (good && count > 0) {
        good = store_accounts_page(backup, after, page, PAGE_SIZE, &count) == STORE_OK;
        for (size_t i = 0; good && i < count; i++) {
            after = page[i].uid;
            good = home_is_nobodys(page[i].home) ||
                   claims_add(&clashes->homes, CLAIM_HOME, page[i].home, 0, page[i].username) != NULL;
        }
    }
    if (page != NULL)
        explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return good;
}

struct clashes *clashes_new(struct store *backup)
{
    struct clashes *clashes = calloc(1, sizeof *clashes);

    if (clashes == NULL)
        return NULL;
    clashes->published = directory_view_open(DIRECTORY_PATH, &clashes->directory) == DIRECTORY_OK;
    if (read_homes(clashes, backup) && host_subordinates_read(&clashes->subordinate))
        return clashes;
    clashes_free(clashes);
    return NULL;
}

void clashes_free(struct clashes *clashes)
{
    if (clashes == NULL)
        return;
    claims_free(&clashes->homes);
    free(clashes->subordinate.ranges);
    if (clashes->published)
        directory_view_close(&clashes->directory);
    free(clashes);
}

/* -- names and ids ------------------------------------------------------------------------ */

static bool say(char ret_reason[CLASH_REASON_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool say(char ret_reason[CLASH_REASON_SIZE], const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(ret_reason, CLASH_REASON_SIZE, format, list);
    va_end(list);
    return true;
}

/* Is it what our own source tells NSS? */
static bool is_ours(const struct clashes *clashes, const struct restored *one)
{
    struct directory_entry entry;

    if (one->was)
        return true;
    return clashes->published && !host_is_local(one->after.username) &&
           directory_find_user_by_name(&clashes->directory, one->after.username, &entry) ==
               DIRECTORY_OK &&
           entry.id == one->after.uid;
}

/* A lookup without an answer; errno is 0 or as getpwnam(3) leaves it for "not found". */
static bool is_unknown(char ret_reason[CLASH_REASON_SIZE], const char *what)
{
    int error = errno;

    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
        return false;
    return say(ret_reason, "it cannot be found out whether its %s is taken: %s", what,
               strerror(error));
}

static bool find_name(const struct account *account, bool ours, char ret_reason[CLASH_REASON_SIZE])
{
    const struct passwd *user = (errno = 0, getpwnam(account->username));
    const struct group *group;

    if (user == NULL && is_unknown(ret_reason, "name"))
        return true;
    if (user != NULL && !(ours && user->pw_uid == account->uid))
        return say(ret_reason, "the name is taken by a user of this machine, uid %u", user->pw_uid);
    group = (errno = 0, getgrnam(account->username));
    if (group == NULL)
        return is_unknown(ret_reason, "name");
    if (!(ours && group->gr_gid == account->uid))
        return say(ret_reason, "the name is taken by a group of this machine, id %u",
                   group->gr_gid);
    return false;
}

/* A line of /etc/passwd may name a group that is in no other place. */
static bool find_primary(const struct account *account, bool ours,
                         char ret_reason[CLASH_REASON_SIZE])
{
    char name[ACCOUNT_NAME_SIZE];

    return local_find_primary(account->uid, ours ? account->username : "", name) &&
           say(ret_reason, "id %u is the primary group of %s of this machine", account->uid, name);
}

static bool find_id(const struct account *account, bool ours, char ret_reason[CLASH_REASON_SIZE])
{
    const struct passwd *user = (errno = 0, getpwuid(account->uid));
    const struct group *group;

    if (user == NULL && is_unknown(ret_reason, "uid"))
        return true;
    if (user != NULL && !(ours && strcmp(user->pw_name, account->username) == 0))
        return say(ret_reason, "uid %u is taken by the user %.64s of this machine", account->uid,
                   user->pw_name);
    group = (errno = 0, getgrgid(account->uid));
    if (group == NULL && is_unknown(ret_reason, "uid"))
        return true;
    if (group != NULL && !(ours && strcmp(group->gr_name, account->username) == 0))
        return say(ret_reason, "id %u is taken by the group %.64s of this machine", account->uid,
                   group->gr_name);
    return find_primary(account, ours, ret_reason);
}

/* -- what users create permits with --force ----------------------------------------------- */

static bool find_meaning(const struct clashes *clashes, const struct account *account,
                         char ret_reason[CLASH_REASON_SIZE])
{
    const char *whose = reserved_name(account->username);
    char group[ACCOUNT_NAME_SIZE];

    if (whose != NULL)
        return say(ret_reason, "it is a name with a meaning (%s)", whose);
    if (local_find_member(account->username, group))
        return say(ret_reason, "the group %s of this machine lists a member of this name", group);
    if (host_subordinates_have(&clashes->subordinate, account->uid))
        return say(ret_reason, "uid %u is in this machine's range of subordinate ids (subuid(5))",
                   account->uid);
    return false;
}

static bool find_home(const struct clashes *clashes, const struct account *account,
                      char ret_reason[CLASH_REASON_SIZE])
{
    const struct claim *claim = claims_find(&clashes->homes, CLAIM_HOME, account->home);
    char name[ACCOUNT_NAME_SIZE];
    enum home_owner owner = home_judge(account->home, account->uid, ret_reason);

    if (owner == HOME_OPEN || owner == HOME_WAY || owner == HOME_OTHERS)
        return true;
    if (claim != NULL && claim->shared)
        return say(ret_reason, "%s is the home of another account of the backup, too",
                   account->home);
    if (!home_is_nobodys(account->home) &&
        local_find_home(account->home, account->username, name))
        return say(ret_reason, "%s is the home of %s of this machine, too", account->home, name);
    return false;
}

bool clashes_find(const struct clashes *clashes, const struct restored *one,
                  char ret_reason[CLASH_REASON_SIZE])
{
    const struct account *account = &one->after;
    bool ours;

    if (!one->is)
        return false;
    ours = is_ours(clashes, one);
    if (find_name(account, ours, ret_reason) || find_id(account, ours, ret_reason) ||
        (!one->was && find_meaning(clashes, account, ret_reason)))
        return true;
    return (!one->was || strcmp(one->before.home, account->home) != 0) &&
           find_home(clashes, account, ret_reason);
}

/* -- those that were found ---------------------------------------------------------------- */

bool clash_list_add(struct clash_list *list, const struct account *account, const char *reason)
{
    uint32_t *uids = reallocarray(list->uids, list->count + 1, sizeof *uids);
    char plain[4 * CLASH_REASON_SIZE];

    if (uids == NULL)
        return false;
    list->uids = uids;
    print_escape(reason, plain, sizeof plain);
    if (list->count < CLASHES_SHOWN &&
        asprintf(&list->lines[list->count], "clash: %s: %s", account->username, plain) == -1)
        return false;
    uids[list->count++] = account->uid;
    return true;
}

void clash_list_print(const struct clash_list *list)
{
    for (size_t i = 0; i < list->count && i < CLASHES_SHOWN; i++)
        puts(list->lines[i]);
    if (list->count > CLASHES_SHOWN)
        printf("clash: and %zu more accounts\n", list->count - CLASHES_SHOWN);
}

void clash_list_free(struct clash_list *list)
{
    for (size_t i = 0; i < list->count && i < CLASHES_SHOWN; i++)
        free(list->lines[i]);
    free(list->uids);
}
