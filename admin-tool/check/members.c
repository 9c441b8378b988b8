/*
 * Who has one of our groups without us: local users with such a group as their primary one, and
 * members that /etc/group lists. Rules for the group let them in, and no list of ours shows them.
 */
#include "members.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "sql/primary_group.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "finding.h"

enum { MEMBERS_SIZE = 256 };

/* One of our groups. */
struct ours {
    char name[ACCOUNT_NAME_SIZE];
    bool role; /* else a user's own */
    uint32_t id;
};

static bool find_role(const char *name, uint32_t gid, struct ours *ret)
{
    static const enum role roles[] = { ROLE_ADMIN, ROLE_MEMBER, ROLE_AUDITOR };

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        *ret = (struct ours){ .role = true, .id = role_gid(roles[i]) };
        snprintf(ret->name, sizeof ret->name, "coder-%s", role_name(roles[i]));
        if (gid == ret->id || (name != NULL && strcmp(name, ret->name) == 0))
            return true;
    }
    *ret = (struct ours){ .role = false };
    return false;
}

bool check_private_group(struct store *store, const char *name, uint32_t gid, struct account *ret)
{
    return (store_account_by_uid(store, gid, ret) == STORE_OK && account_has_private_group(ret)) ||
           (name != NULL && store_account_by_name(store, name, ret) == STORE_OK && account_has_private_group(ret));
}

/* Is a group of this name (NULL: none) or id one of ours? For check NAME only the user's own; *ret is written for a
 * role's, too. */
static bool find_ours(const struct doctor *doctor, const char *name, uint32_t gid, struct ours *ret)
{
    struct account account = { 0 };
    bool found;

    if (find_role(name, gid, ret))
        return doctor->account == NULL;
    found = check_private_group(doctor->tool->store, name, gid, &account);
    if (found) {
        *ret = (struct ours){ .id = account.uid };
        memcpy(ret->name, account.username, sizeof ret->name);
    }
    explicit_bzero(account.hash, sizeof account.hash);
    return found && (doctor->account == NULL || doctor->account->uid == ret->id);
}

/* A local account that was imported is in its own group. */
static bool is_own(const struct ours *ours, const char *name)
{
    return !ours->role && strcmp(ours->name, name) == 0;
}

static void report(struct doctor *doctor, const struct ours *ours, const char *check,
                   const char *user, const char *what, const char *mend)
{
    check_report(doctor, ours->role ? SEVERITY_PROBLEM : SEVERITY_WARNING, check, user, what,
                 ours->role ? "what trusts the role's group lets this user in, whom no list of ours shows "
                              "and no suspension stops"
                            : "this user reads and writes what belongs to the group", mend);
}

static void report_primary(struct doctor *doctor, const struct ours *ours, const struct passwd *line)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    check_text(what, "/etc/passwd gives %.64s our group %s (%u) as primary one", line->pw_name,
               ours->name, line->pw_gid);
    check_text(mend, "usermod -g users %s", check_word(line->pw_name));
    report(doctor, ours, "local-primary", line->pw_name, what, mend);
}

/* Its members, by commas, but for the user whose own it is: false when there are none. */
static bool join_members(const struct ours *ours, const struct group *line, char *ret, size_t size)
{
    size_t used = 0;

    ret[0] = '\0';
    for (char **member = line->gr_mem; *member != NULL; member++)
        if (!is_own(ours, *member) && used + strlen(*member) + 2 < size)
            used += (size_t)snprintf(ret + used, size - used, "%s%s", used > 0 ? "," : "", *member);
    return used > 0;
}

static bool is_member(const struct group *line, const char *name)
{
    for (char **member = line->gr_mem; *member != NULL; member++)
        if (strcmp(*member, name) == 0)
            return true;
    return false;
}

/* A local group of a role's name is in the way of ours, so it goes, with all its members. */
static void report_members(struct doctor *doctor, const struct ours *ours, const struct group *line,
                           const char *members)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    check_text(what, "/etc/group lists %.200s in our group %s (%u)", members, ours->name, ours->id);
    if (ours->role && strcmp(line->gr_name, ours->name) == 0)
        check_text(mend, "groupdel %s", ours->name);
    else if (strchr(members, ',') == NULL)
        check_text(mend, "gpasswd -d %s %s", check_word(members), check_word(line->gr_name));
    else
        check_text(mend, "gpasswd -M '' %s", check_word(line->gr_name));
    report(doctor, ours, "local-member", members, what, mend);
}

static void check_primary(struct doctor *doctor)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;
    struct ours ours;

    while (file != NULL && (line = fgetpwent(file)) != NULL)
        if (find_ours(doctor, NULL, line->pw_gid, &ours) && !is_own(&ours, line->pw_name))
            report_primary(doctor, &ours, line);
    if (file != NULL)
        fclose(file);
}

/* A group of /etc/group has our name and an id of its own. */
static void check_namesake(struct doctor *doctor, const struct ours *ours, uint32_t gid)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *line;

    while (file != NULL && (line = fgetpwent(file)) != NULL)
        if (line->pw_gid == gid && !is_own(ours, line->pw_name))
            report_primary(doctor, ours, line);
    if (file != NULL)
        fclose(file);
}

static bool find_members(const struct doctor *doctor, const struct group *line, struct ours *ret_ours,
                         char *ret, size_t size)
{
    bool found = find_ours(doctor, line->gr_name, line->gr_gid, ret_ours) ||
                 (ret_ours->role && doctor->account != NULL && is_member(line, doctor->account->username));

    return found && join_members(ret_ours, line, ret, size);
}

bool check_members_named(const struct doctor *doctor, const struct group *line)
{
    char members[MEMBERS_SIZE];
    struct ours ours;

    return find_members(doctor, line, &ours, members, sizeof members);
}

static void check_line(struct doctor *doctor, const struct group *line)
{
    char members[MEMBERS_SIZE];
    struct ours ours;

    if (find_members(doctor, line, &ours, members, sizeof members))
        report_members(doctor, &ours, line, members);
    if (!find_ours(doctor, line->gr_name, line->gr_gid, &ours))
        return;
    if (line->gr_gid != ours.id)
        check_namesake(doctor, &ours, line->gr_gid);
}

void check_members(struct doctor *doctor)
{
    FILE *file;
    const struct group *line;

    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    check_primary(doctor);
    file = fopen("/etc/group", "re");
    while (file != NULL && (line = fgetgrent(file)) != NULL)
        check_line(doctor, line);
    if (file != NULL)
        fclose(file);
}
