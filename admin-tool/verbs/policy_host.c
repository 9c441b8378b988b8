/*
 * Settings that speak of this machine: groups there are and groups that are no gift, ids that others have.
 */
#include "policy_host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/defaults.h"
#include "host/group_lists.h"
#include "host/home_owner.h"
#include "host/login_defs.h"
#include "host/names.h"
#include "host/reserved.h"
#include "host/shell.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "terminal/command.h"
#include "terminal/fault.h"
#include "terminal/say.h"
#include "policy_wish.h"

/* Root's group is never granted; one that is missing is not granted as long as it is. */
static enum status check_groups(const char *list)
{
    while (*list != '\0') {
        char name[ACCOUNT_NAME_SIZE];
        size_t length = strcspn(list, ",");
        uint32_t gid = 1;
        bool found;

        snprintf(name, sizeof name, "%.*s", (int)length, list);
        if (strncmp(name, "coder-", strlen("coder-")) == 0)
            return tool_refuse(STATUS_REFUSED, "%s is a group of a role, which 'users edit-roles' gives; name "
                               "groups of /etc/group", name);
        found = host_find_group(name, &gid);
        if (!found && errno != 0)
            return tool_refuse(STATUS_FAILED, "cannot read /etc/group: %s; nothing was changed",
                               strerror(errno));
        if (!found)
            tool_refuse(GO_ON, "note: /etc/group has no group %s, so it is not granted; make it and "
                        "run 'admin-tool publish'", name);
        if (gid == 0)
            return tool_refuse(STATUS_REFUSED, "the group %s is root's (gid 0) and cannot come with "
                               "a role", name);
        list += length + (list[length] == ',');
    }
    return GO_ON;
}

static bool gives_groups(const struct policy_wish *wish, const struct policy *policy)
{
    return (wish->wanted[policy_find("admin_groups")] && policy->admin_groups[0] != '\0') ||
           (wish->wanted[policy_find("auditor_groups")] && policy->auditor_groups[0] != '\0') ||
           (wish->wanted[policy_find("member_groups")] && policy->member_groups[0] != '\0');
}

/* What a group of such a name gives, it gives to everybody: each user is a member. */
static void note_meanings(const char *list)
{
    while (*list != '\0') {
        char name[ACCOUNT_NAME_SIZE];
        size_t length = strcspn(list, ",");
        const char *whose;

        snprintf(name, sizeof name, "%.*s", (int)length, list);
        whose = reserved_name(name);
        if (whose != NULL && strstr(whose, ": ") != NULL)
            tool_refuse(GO_ON, "note: every member gets the group %s of %s", name, whose);
        list += length + (list[length] == ',');
    }
}

/* -- what new users get ----------------------------------------------------------------------- */

static enum status check_shell(const char *shell)
{
    const char *fault = shell[0] != '\0' ? host_shell_fault(shell) : NULL;

    if (fault == NULL)
        return GO_ON;
    return tool_refuse_as(KIND_INVALID, "default_shell", NULL, "default_shell: %s %s", shell, fault);
}

static enum status check_base(const char *base)
{
    char fault[HOME_REASON_SIZE];

    if (defaults_base_good(base, fault))
        return GO_ON;
    return tool_refuse_as(KIND_INVALID, "home_base", NULL, "home_base: %s; make it a folder of root's, mode 0755, on a way "
                          "that root alone can change: others would decide what is in the homes", fault);
}

static enum status check_newcomers(const struct policy_wish *wish, const struct policy *policy)
{
    enum status status = GO_ON;

    if (wish->wanted[policy_find("default_shell")])
        status = check_shell(policy->default_shell);
    if (status == GO_ON && wish->wanted[policy_find("home_base")])
        status = check_base(policy->home_base);
    return status;
}

enum status policy_check_host(const struct policy_wish *wish, const struct policy *policy)
{
    enum status status = check_newcomers(wish, policy);

    if (status == GO_ON && wish->wanted[policy_find("admin_groups")])
        status = check_groups(policy->admin_groups);
    if (status == GO_ON && wish->wanted[policy_find("auditor_groups")])
        status = check_groups(policy->auditor_groups);
    if (status == GO_ON && wish->wanted[policy_find("member_groups")])
        status = check_groups(policy->member_groups);
    if (status == GO_ON && wish->wanted[policy_find("member_groups")])
        note_meanings(policy->member_groups);
    if (status == GO_ON && gives_groups(wish, policy) && group_lists_lack_ours())
        tool_refuse(GO_ON, "note: our users get the group, but who reads its list of members, as polkit "
                    "does for its administrators, does not see them; write 'group: files "
                    "[SUCCESS=merge] coder' in /etc/nsswitch.conf");
    if (status == GO_ON &&
        (wish->wanted[policy_find("uid_min")] || wish->wanted[policy_find("uid_max")]) &&
        (host_uid_is_subordinate((uint32_t)policy->uid_min) ||
         host_uid_is_subordinate((uint32_t)policy->uid_max)))
        tool_refuse(GO_ON, "note: %lld-%lld reaches into this machine's range of subordinate ids "
                    "(subuid(5))", (long long)policy->uid_min, (long long)policy->uid_max);
    return status;
}
