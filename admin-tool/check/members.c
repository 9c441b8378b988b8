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
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "finding.h"
#include "local.h"

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
    return false;
}

/* Is a group of this name (NULL: none) or id one of ours? For check NAME only the user's own. */
static bool find_ours(const struct doctor *doctor, const char *name, uint32_t gid, struct ours *ret)
{
    struct store *store = doctor->tool->store;
    struct account account = { 0 };
    bool found;

    if (find_role(name, gid, ret))
        return doctor->account == NULL;
    found = store_account_by_uid(store, gid, &account) == STORE_OK ||
            (name != NULL && store_account_by_name(store, name, &account) == STORE_OK);
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

static void report_member(struct doctor *doctor, const struct ours *ours, const char *group,
                          const char *member)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    check_text(what, "/etc/group lists %.64s in our group %s (%u)", member, ours->name, ours->id);
    check_text(mend, "gpasswd -d %s %s", check_word(member), check_word(group));
    report(doctor, ours, "local-member", member, what, mend);
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

static void check_line(struct doctor *doctor, const struct group *line)
{
    struct ours ours;

    if (!find_ours(doctor, line->gr_name, line->gr_gid, &ours))
        return;
    for (char **member = line->gr_mem; *member != NULL; member++)
        if (!is_own(&ours, *member))
            report_member(doctor, &ours, line->gr_name, *member);
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
