/*
 * Policy's local groups seen by the doctor: publishing resolves their names and grants what it
 * finds, so what it did not find, or found with another id, is said here.
 */
#include "groups.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/group_lists.h"
#include "host/names.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "finding.h"

/* Does the directory grant this id to an active user with the role? True when there is no such
 * user. */
static bool is_granted(const struct directory_view *view, enum role role, uint32_t gid)
{
    struct directory_entry user;

    for (uint64_t i = 0; directory_user_at(view, i, &user) != DIRECTORY_NOT_FOUND && i < 100000;
         i++) {
        uint32_t gids[DIRECTORY_GIDS_MAX];
        bool holds = false, granted = false;
        size_t count = 0;

        if (directory_user_gids(view, &user, gids, &count) != DIRECTORY_OK)
            continue;
        for (size_t g = 0; g < count; g++) {
            holds = holds || gids[g] == role_gid(role);
            granted = granted || gids[g] == gid;
        }
        if (holds)
            return granted;
    }
    return true;
}

static bool is_role_gid(uint32_t gid)
{
    return gid == role_gid(ROLE_ADMIN) || gid == role_gid(ROLE_AUDITOR) || gid == role_gid(ROLE_MEMBER);
}

static bool is_in(const char *list, uint32_t gid)
{
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        char name[64];
        uint32_t found;

        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), list);
        if (host_find_group(name, &found) && found == gid)
            return true;
        list += length + (list[length] == ',');
    }
    return false;
}

/* An id that the directory gives to a user with the role though no name of policy's has it: that of a group that
 * went since. 0 when there is none. */
static uint32_t find_stale(const struct directory_view *view, const struct policy *policy, enum role role)
{
    struct directory_entry user;

    for (uint64_t i = 0; directory_user_at(view, i, &user) != DIRECTORY_NOT_FOUND && i < 100000; i++) {
        uint32_t gids[DIRECTORY_GIDS_MAX], stale = 0;
        size_t count = 0;
        bool holds = false;

        if (directory_user_gids(view, &user, gids, &count) != DIRECTORY_OK)
            continue;
        for (size_t g = 0; g < count; g++) {
            holds = holds || gids[g] == role_gid(role);
            if (gids[g] != user.id && !is_role_gid(gids[g]) && !is_in(policy->admin_groups, gids[g]) &&
                !is_in(policy->auditor_groups, gids[g]) && !is_in(policy->member_groups, gids[g]))
                stale = gids[g];
        }
        if (holds)
            return stale;
    }
    return 0;
}

static uint32_t ask_stale(const struct doctor *doctor, enum role role)
{
    struct directory_view view;
    uint32_t stale;

    if (directory_view_open(DIRECTORY_PATH, &view) != DIRECTORY_OK)
        return 0;
    stale = find_stale(&view, &doctor->tool->policy, role);
    directory_view_close(&view);
    return stale;
}

/* What the directory says holds until it is written again; until then NSS has the group, and groupadd(8) refuses. */
static void report_stale(struct doctor *doctor, const char *name, uint32_t gid)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    check_text(what, "there is no such group, and its id %u is granted until the next publication", gid);
    check_text(mend, "admin-tool publish && groupadd -g %u %s && admin-tool publish", gid, name);
    check_report(doctor, SEVERITY_WARNING, "role-group", name, what,
                 "the role's users share that id with whatever group gets it, and lose it at the next change of any "
                 "account", mend);
}

static void report(struct doctor *doctor, const char *name, const char *what, const char *mend)
{
    check_report(doctor, SEVERITY_WARNING, "role-group", name, what,
                 "policy says that it comes with a role, and it is not granted", mend);
}

static void check_one(struct doctor *doctor, enum role role, const char *name)
{
    uint32_t gid = 0;
    bool found = host_find_group(name, &gid);
    int error = errno;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    struct directory_view view;
    uint32_t stale = !found && error == 0 ? ask_stale(doctor, role) : 0;

    if (stale != 0) {
        report_stale(doctor, name, stale);
        return;
    }
    if (!found || gid == 0) {
        check_text(mend, "admin-tool policy set %s_groups=OTHER,GROUPS", role_name(role));
        report(doctor, name, found ? "its id is 0: root's is never granted"
                             : error == 0 ? "there is no such group"
                                          : check_text(what, "/etc/group: %s", strerror(error)),
               mend);
        return;
    }
    if (directory_view_open(DIRECTORY_PATH, &view) != DIRECTORY_OK)
        return;
    if (!is_granted(&view, role, gid))
        report(doctor, name,
               check_text(what, "its id is %u now, and the directory does not give it", gid),
               "admin-tool publish");
    directory_view_close(&view);
}

static void check_list(struct doctor *doctor, enum role role, const char *list)
{
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        char name[64];

        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), list);
        if (length > 0)
            check_one(doctor, role, name);
        list += length + (list[length] == ',');
    }
}

/* Said once, whichever groups come with roles. */
static void check_shown(struct doctor *doctor, const struct policy *policy)
{
    const char *list = policy->admin_groups[0] != '\0'     ? policy->admin_groups
                       : policy->auditor_groups[0] != '\0' ? policy->auditor_groups
                                                           : policy->member_groups;
    char what[CHECK_TEXT_SIZE];

    if (list[0] == '\0' || doctor->nss_broken || !group_lists_lack_ours())
        return;
    check_report(doctor, SEVERITY_WARNING, "role-members", "group",
                 check_text(what, "its line in /etc/nsswitch.conf has no [SUCCESS=merge], so the list "
                            "of members of %.*s lacks our users", (int)strcspn(list, ","), list),
                 "who reads that list, as polkit does for its administrators, knows none of them",
                 "sed -i -E '/^[[:space:]]*group:/s/\\bfiles\\b([[:space:]]+[^[[:space:]]|$)/files "
                 "[SUCCESS=merge]\\1/' /etc/nsswitch.conf");
}

void check_groups(struct doctor *doctor)
{
    const struct policy *policy = &doctor->tool->policy;

    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    check_list(doctor, ROLE_ADMIN, policy->admin_groups);
    check_list(doctor, ROLE_AUDITOR, policy->auditor_groups);
    check_list(doctor, ROLE_MEMBER, policy->member_groups);
    check_shown(doctor, policy);
}
