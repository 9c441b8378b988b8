/*
 * What new accounts would get: a shell that can be run, a home that root alone put there.
 */
#include "newcomers.h"

#include "host/defaults.h"
#include "host/home_owner.h"
#include "host/shell.h"
#include "sql/policy.h"
#include "finding.h"

static void check_shell(struct doctor *doctor, const char *shell)
{
    const char *fault = shell[0] != '\0' ? host_shell_fault(shell) : NULL;
    char what[CHECK_TEXT_SIZE];

    if (fault != NULL)
        check_report(doctor, SEVERITY_WARNING, "policy-shell", "default_shell", check_text(what, "%s %s", shell, fault),
                     "no account can be made without --shell", "admin-tool policy set default_shell=default");
}

static void check_base(struct doctor *doctor, const char *base)
{
    char fault[HOME_REASON_SIZE], what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (!defaults_base_good(base, fault))
        check_report(doctor, SEVERITY_WARNING, "policy-home-base", "home_base", check_text(what, "%.400s", fault),
                     "new accounts get no home there",
                     check_text(mend, "make %s a folder of root's, mode 0755; or admin-tool policy set home_base=default",
                                base));
}

void check_newcomers(struct doctor *doctor)
{
    const struct policy *policy = &doctor->tool->policy;

    if (doctor->account != NULL || doctor->tool->store == NULL)
        return;
    check_shell(doctor, policy->default_shell);
    check_base(doctor, policy->home_base);
}
