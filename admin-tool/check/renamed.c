/*
 * What still bears a former name, seen by the doctor: a rename that was killed leaves it, and the command that made it
 * ends it.
 */
#include "renamed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/home_move.h"
#include "host/local_names.h"
#include "host/local_users.h"
#include "host/named_files.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "finding.h"

/* The first thing that is left, described. False: nothing is. */
static bool find_left(const struct account *account, const char *old, char ret_what[CHECK_TEXT_SIZE])
{
    struct named_file files[NAMED_FILES];
    char home[ACCOUNT_PATH_SIZE];
    const char *path = NULL;

    if (named_files_find(old, files) > 0)
        path = files[0].path;
    else if (home_move_is_due(account, old, home))
        path = home;
    if (path != NULL) {
        check_text(ret_what, "%s bears the former name of this user", path);
        return true;
    }
    path = local_names_find(old);
    if (path == NULL || errno != 0)
        return false;
    check_text(ret_what, "%s lists this user by the former name %s", path, old);
    return true;
}

static void check_former(struct doctor *doctor, const char *old)
{
    struct account account = { 0 };
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    enum store_result result = store_account_by_former_name(doctor->tool->store, old, &account);

    explicit_bzero(account.hash, sizeof account.hash);
    if (result != STORE_OK || (doctor->account != NULL && doctor->account->uid != account.uid) ||
        host_is_anothers(old, account.uid) || !find_left(&account, old, what))
        return;
    check_text(mend, "admin-tool users rename %s %s", old, account.username);
    check_report(doctor, SEVERITY_WARNING, "rename-unfinished", account.username, what,
                 "what this machine keeps by name does not reach the user", mend);
}

void check_renamed(struct doctor *doctor)
{
    char name[ACCOUNT_NAME_SIZE] = "", next[ACCOUNT_NAME_SIZE];

    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    while (store_next_former_name(doctor->tool->store, name, next) == STORE_OK) {
        memcpy(name, next, sizeof name);
        check_former(doctor, name);
    }
}
