/*
 * A new account's home and shell.
 */
#include "defaults.h"

#include <stdio.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "shell.h"

void defaults_fill(const struct policy *policy, struct account *account)
{
    if (account->home[0] == '\0')
        snprintf(account->home, sizeof account->home, "%s/%s", policy->home_base, account->username);
    if (account->shell[0] == '\0')
        snprintf(account->shell, sizeof account->shell, "%s",
                 account->service ? host_no_shell() : host_default_shell(policy));
}
