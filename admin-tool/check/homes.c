/*
 * Homes seen by the doctor: each is its user's own and nobody else's.
 */
#include "homes.h"

#include <stdio.h>
#include <string.h>

#include "host/home_owner.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_check.h"
#include "terminal/command.h"
#include "finding.h"
#include "pam_stack.h"

enum { SHARED_MAX = 100 };

/* Into a command goes a path that is one word there. */
static const char *path_word(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";

    return path[strspn(path, plain)] == '\0' ? path : "HOME";
}

bool check_home_owner(struct doctor *doctor, const struct account *account)
{
    char reason[HOME_REASON_SIZE], mend[CHECK_TEXT_SIZE], what[CHECK_TEXT_SIZE];
    const char *home = path_word(account->home);

    switch (home_judge(account->home, account->uid, reason)) {
    case HOME_ABSENT:
        return !home_is_nobodys(account->home);
    case HOME_OTHERS:
        check_text(mend, "mv %.150s %.150s.others && admin-tool users make-homes %s", home, home,
                   account->username);
        break;
    case HOME_OPEN:
        check_text(mend, "chmod go-w %.300s", home);
        break;
    case HOME_WAY:
        check_text(mend, "chown root: FOLDER && chmod go-w FOLDER, for each folder above %.300s", home);
        break;
    default:
        return false;
    }
    check_report(doctor, SEVERITY_PROBLEM, "home-owner", account->username,
                 check_text(what, "%.500s", reason),
                 "whoever can change what is in a home runs programs as its user", mend);
    return false;
}

bool check_makes_homes(void)
{
    static const char *const services[] = { "sshd", "login" };
    bool found = false;

    for (size_t i = 0; !found && i < sizeof services / sizeof services[0]; i++) {
        struct pam_stack stack;

        if (pam_stack_read("", services[i], PHASE_SESSION, &stack) == PAM_READ_OK)
            for (size_t k = 0; !found && k < stack.count; k++)
                found = strstr(stack.lines[k].module, "mkhomedir") != NULL;
        pam_stack_free(&stack);
    }
    return found;
}

void check_missing_homes(struct doctor *doctor, size_t missing)
{
    const struct account *only = doctor->account;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (missing == 0 || check_makes_homes())
        return;
    if (only == NULL)
        check_text(what, "%zu active account%s no home directory", missing, missing == 1 ? " has" : "s have");
    check_report(doctor, SEVERITY_WARNING, "home-missing", only != NULL ? only->username : "homes",
                 only != NULL ? "there is no home directory" : what,
                 "a login begins in / and finds none of its files, keys included; pam_mkhomedir(8) would make it then",
                 check_text(mend, "admin-tool users make-homes%s%s", only != NULL ? " " : "",
                            only != NULL ? only->username : ""));
}

/* Two accounts of the store; the one whose home is called like himself keeps it. */
static void report_shared(struct doctor *doctor, const struct shared_home *shared)
{
    char own[ACCOUNT_PATH_SIZE], what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    const struct account *only = doctor->account;
    const char *who = shared->last, *other = shared->first, *base = doctor->tool->policy.home_base;

    snprintf(own, sizeof own, "%s/%s", base, shared->last);
    if (strcmp(own, shared->home) == 0) {
        who = shared->first;
        other = shared->last;
    }
    if (only != NULL && strcmp(only->username, who) != 0 && strcmp(only->username, other) != 0)
        return;
    check_text(what, "its home %.300s is %s's, too", shared->home, other);
    check_text(mend, "sqlite3 " PRIVATE_DIR "/accounts.db \"UPDATE accounts SET home = '%s/%s' WHERE "
               "username = '%s'\" && admin-tool publish", base, who, who);
    check_report(doctor, SEVERITY_WARNING, "home-shared", who, what,
                 "each can change what the other runs", mend);
}

void check_shared_homes(struct doctor *doctor)
{
    struct shared_home shared = { .home = "" };

    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    for (int i = 0; i < SHARED_MAX && store_check_shared_home(doctor->tool->store, &shared) == STORE_OK;
         i++)
        if (!home_is_nobodys(shared.home))
            report_shared(doctor, &shared);
}
