/*
 * Local accounts against ours: a line in /etc/passwd comes first, so whoever stands there is none
 * of ours, whatever the store says; and ids that two programs hand out end up with two owners.
 */
#include "local.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/text_file.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/columns.h"
#include "finding.h"
#include "members.h"

bool check_is_local(const char *username)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;
    bool found = false;

    while (file != NULL && !found && (line = fgetpwent(file)) != NULL)
        found = strcmp(line->pw_name, username) == 0;
    if (file != NULL)
        fclose(file);
    return found;
}

/* -- who is over whom --------------------------------------------------------------------- */

static bool concerns(const struct doctor *doctor, const struct account *account)
{
    return doctor->account == NULL || doctor->account->uid == account->uid;
}

/* The local user gets our groups, too: initgroups(3) asks by the name. */
static void report_namesake(struct doctor *doctor, const char *local, const struct account *account)
{
    bool suspended = account->status != ACCOUNT_ACTIVE;
    bool grants = (account->roles & ~(unsigned)ROLE_MEMBER) != 0;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE], names[ROLES_SIZE];

    print_roles(account->roles, names);
    check_text(what, "/etc/passwd has a user of this name%s%s",
               suspended ? ", though ours is suspended" : grants ? ", who gets the groups of our roles " : "",
               !suspended && grants ? names : "");
    check_text(mend, "admin-tool users import --from-passwd %s --take-over", check_word(local));
    check_report(doctor, suspended || grants ? SEVERITY_PROBLEM : SEVERITY_WARNING, "local-user",
                 account->username, what,
                 "the local account is the one that logs in: suspending ours and our password have no effect "
                 "on it, but it gets the groups of our roles",
                 mend);
}

static void report_user(struct doctor *doctor, const char *local, const struct account *account)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (strcmp(local, account->username) == 0) {
        report_namesake(doctor, local, account);
        return;
    }
    check_text(what, "/etc/passwd gives our uid %u to %.64s", account->uid, local);
    check_text(mend, "usermod -u FREE-UID %s", check_word(local));
    check_report(doctor, SEVERITY_PROBLEM, "local-user", account->username, what,
                 "two users own the same files and processes", mend);
}

static void report_group(struct doctor *doctor, const char *local, const char *ours, uint32_t gid)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    check_text(what,
               strcmp(local, ours) == 0
                   ? "/etc/group has a group of this name (id %u is ours): %.64s"
                   : "/etc/group gives our id %u to %.64s",
               gid, local);
    if (strcmp(local, ours) == 0 && strncmp(ours, "coder-", 6) == 0)
        check_text(mend, "groupdel %s", ours);
    else
        check_text(mend, "groupmod -n OTHER-NAME -g FREE-GID %s", check_word(local));
    check_report(doctor, SEVERITY_WARNING, "local-group", ours, what,
                 "the local group hides ours, or shares its files", mend);
}

static void check_passwd(struct doctor *doctor)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;
    struct account account;

    if (file == NULL)
        return;
    while ((line = fgetpwent(file)) != NULL) {
        struct store *store = doctor->tool->store;

        if (store_account_by_name(store, line->pw_name, &account) == STORE_OK ||
            store_account_by_uid(store, line->pw_uid, &account) == STORE_OK) {
            if (concerns(doctor, &account))
                report_user(doctor, line->pw_name, &account);
        }
    }
    explicit_bzero(&account, sizeof account);
    fclose(file);
}

static void check_group_line(struct doctor *doctor, const struct group *line)
{
    static const enum role roles[] = { ROLE_ADMIN, ROLE_MEMBER, ROLE_AUDITOR };
    struct account account;

    if (check_members_named(doctor, line))
        return; /* one finding, one command */
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        char name[32];

        snprintf(name, sizeof name, "coder-%s", role_name(roles[i]));
        if (strcmp(line->gr_name, name) == 0 || line->gr_gid == role_gid(roles[i]))
            report_group(doctor, line->gr_name, name, role_gid(roles[i]));
    }
    if (check_private_group(doctor->tool->store, line->gr_name, line->gr_gid, &account) && concerns(doctor, &account))
        report_group(doctor, line->gr_name, account.username, account.uid);
    explicit_bzero(&account, sizeof account);
}

static void check_group(struct doctor *doctor)
{
    FILE *file = fopen("/etc/group", "re");
    const struct group *line;

    if (file == NULL)
        return;
    while ((line = fgetgrent(file)) != NULL)
        check_group_line(doctor, line);
    fclose(file);
}

void check_local(struct doctor *doctor)
{
    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    check_passwd(doctor);
    check_group(doctor);
}

/* -- ids handed out by others ------------------------------------------------------------- */

struct range {
    int64_t min, max;
};

static bool overlaps(const struct policy *policy, struct range range)
{
    return range.min <= policy->uid_max && range.max >= policy->uid_min;
}

static void report_range(struct doctor *doctor, const char *subject, const char *what)
{
    check_report(doctor, SEVERITY_WARNING, "range-overlap", subject, what,
                 "useradd and newuidmap would hand out ids that are our users'",
                 "admin-tool policy set uid_min=N uid_max=N, or move the other range");
}

/* The numbers behind a key of login.defs(5). */
static int64_t read_number(const char *key, int64_t otherwise)
{
    FILE *file = text_file_open("", "/etc/login.defs");
    char line[512], word[64];

    while (file != NULL && text_file_line(file, line, sizeof line)) {
        const char *text = line;

        if (text_word(&text, word, sizeof word) && strcmp(word, key) == 0 &&
            text_word(&text, word, sizeof word))
            otherwise = strtoll(word, NULL, 10);
    }
    if (file != NULL)
        fclose(file);
    return otherwise;
}

/* "name:first:count" of subuid(5). */
static bool read_share(const char *line, struct range *ret)
{
    const char *colon = strchr(line, ':');
    int64_t first, count;
    char *end;

    if (colon == NULL)
        return false;
    first = strtol(colon + 1, &end, 10);
    if (*end != ':')
        return false;
    count = strtol(end + 1, NULL, 10);
    if (first < 0 || first > UINT32_MAX || count <= 0 || count > UINT32_MAX)
        return false;
    *ret = (struct range){ first, first + count - 1 };
    return true;
}

static void check_shares(struct doctor *doctor, const char *path)
{
    FILE *file = text_file_open("", path);
    char line[512], what[CHECK_TEXT_SIZE];
    struct range range;

    while (file != NULL && text_file_line(file, line, sizeof line))
        if (read_share(line, &range) && overlaps(&doctor->tool->policy, range)) {
            report_range(doctor, path,
                         check_text(what, "the line '%.100s' reaches into our range of ids", line));
            break;
        }
    if (file != NULL)
        fclose(file);
}

/* Our own tool has put it there, and nobody else gets the id. */
static bool was_given_back(const struct doctor *doctor, const struct passwd *line)
{
    return doctor->tool->store != NULL && !doctor->quiet &&
           store_went_to_passwd(doctor->tool->store, line->pw_name, line->pw_uid) == STORE_OK;
}

static void check_local_ids(struct doctor *doctor)
{
    const struct policy *policy = &doctor->tool->policy;
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;
    char what[CHECK_TEXT_SIZE];

    while (file != NULL && (line = fgetpwent(file)) != NULL)
        if (line->pw_uid >= policy->uid_min && line->pw_uid <= policy->uid_max && !was_given_back(doctor, line)) {
            report_range(doctor, "/etc/passwd",
                         check_text(what, "%.64s has uid %u, inside our range of ids",
                                    line->pw_name, line->pw_uid));
            break;
        }
    if (file != NULL)
        fclose(file);
}

void check_range(struct doctor *doctor)
{
    const struct policy *policy = &doctor->tool->policy;
    struct range sub = { read_number("SUB_UID_MIN", 100000),
                         read_number("SUB_UID_MAX", 600100000) };
    struct range users = { read_number("UID_MIN", 1000), read_number("UID_MAX", 60000) };
    char what[CHECK_TEXT_SIZE];

    if (doctor->account != NULL)
        return;
    if (overlaps(policy, sub))
        report_range(doctor, "/etc/login.defs",
                     check_text(what,
                                "SUB_UID_MIN-SUB_UID_MAX (%lld-%lld) reaches into ours (%lld-%lld)",
                                (long long)sub.min, (long long)sub.max, (long long)policy->uid_min,
                                (long long)policy->uid_max));
    if (overlaps(policy, users))
        report_range(doctor, "/etc/login.defs",
                     check_text(what, "UID_MIN-UID_MAX (%lld-%lld) reaches into ours (%lld-%lld)",
                                (long long)users.min, (long long)users.max,
                                (long long)policy->uid_min, (long long)policy->uid_max));
    check_shares(doctor, "/etc/subuid");
    check_shares(doctor, "/etc/subgid");
    check_local_ids(doctor);
}
