/*
 * admin-tool check: the list of the checks, run one after the other.
 */
#include "doctor.h"

#include <string.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "accounts.h"
#include "apparmor.h"
#include "deleted.h"
#include "directory.h"
#include "finding.h"
#include "fleet.h"
#include "groups.h"
#include "homes.h"
#include "host.h"
#include "local.h"
#include "members.h"
#include "name_service.h"
#include "names.h"
#include "newcomers.h"
#include "pam.h"
#include "primary.h"
#include "renamed.h"
#include "repair.h"
#include "report.h"
#include "selinux.h"
#include "setid.h"
#include "sshd.h"
#include "store.h"
#include "user.h"

/* After check_store, which opens it for them. The directory and NSS first: much follows when they are broken. */
static void (*const checks[])(struct doctor *) = {
    check_directory, check_nss, check_accounts, check_shared_homes, check_members, check_local, check_heirs,
    check_strangers, check_renamed, check_setid, check_rules, check_range, check_newcomers, check_groups, check_primary_groups, check_pam,
    check_sshd, check_helper, check_apparmor, check_selinux, check_host, check_fleet,
};

/* GO_ON: *ret is the account, or the store is beyond asking and the findings say why. */
static enum status find_user(struct doctor *doctor, const char *name, struct account *ret)
{
    struct tool *tool = doctor->tool;
    enum status status;

    if (doctor->quiet)
        return GO_ON;
    status = tool_store_status(tool, tool->store != NULL
                                         ? store_account_by_name(tool->store, name, ret)
                                         : STORE_MISSING, name);
    if (status == GO_ON)
        doctor->account = ret;
    return status;
}

enum status check_run(struct tool *tool)
{
    struct doctor doctor = { .tool = tool };
    struct account account = { 0 };
    enum status status = GO_ON;

    if (tool_has(tool, OPTION_REPAIR) && !tool_has(tool, OPTION_DRY_RUN))
        check_repair(tool);
    policy_defaults(&tool->policy);
    check_store(&doctor);
    if (tool->arguments.operand != NULL)
        status = find_user(&doctor, tool->arguments.operand, &account);
    for (size_t i = 0; status == GO_ON && i < sizeof checks / sizeof checks[0]; i++)
        checks[i](&doctor);
    if (status == GO_ON && doctor.account != NULL)
        check_user(&doctor);
    if (status == GO_ON)
        status = report_print(&doctor);
    explicit_bzero(account.hash, sizeof account.hash);
    doctor_free(&doctor);
    return status;
}
