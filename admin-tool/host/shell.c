/*
 * Login shells.
 */
#include "shell.h"

#include <sys/stat.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/policy.h"

const char *host_default_shell(const struct policy *policy)
{
    if (policy->default_shell[0] != '\0')
        return policy->default_shell;
    return access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
}

const char *host_no_shell(void)
{
    return "/usr/sbin/nologin";
}

const char *host_shell_fault(const char *shell)
{
    const char *fault = account_path_fault(shell);
    struct stat st;

    if (fault == NULL &&
        (stat(shell, &st) != 0 || !S_ISREG(st.st_mode) || access(shell, X_OK) != 0))
        return "is not a program that can be run";
    return fault;
}
