/*
 * A new account's home and shell.
 */
#include "defaults.h"

#include <stdio.h>
#include <sys/stat.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "home_owner.h"
#include "shell.h"

void defaults_fill(const struct policy *policy, struct account *account)
{
    if (account->home[0] == '\0')
        snprintf(account->home, sizeof account->home, "%s/%s", policy->home_base, account->username);
    if (account->shell[0] == '\0')
        snprintf(account->shell, sizeof account->shell, "%s",
                 account->service ? host_no_shell() : host_default_shell(policy));
}

bool defaults_base_good(const char *base, char ret_fault[HOME_REASON_SIZE])
{
    char home[ACCOUNT_PATH_SIZE];
    struct stat st;

    if (stat(base, &st) != 0 || !S_ISDIR(st.st_mode)) {
        snprintf(ret_fault, HOME_REASON_SIZE, "there is no folder %s", base);
        return false;
    }
    snprintf(home, sizeof home, "%s/x", base);
    return home_judge(home, 0, ret_fault) != HOME_WAY;
}
