/*
 * An account's primary group. Pure, as account.c is.
 */
#include "primary_group.h"

#include <stddef.h>

#include "account.h"

bool account_has_private_group(const struct account *account)
{
    return account->gid == 0 || account->gid == account->uid;
}

const char *account_gid_fault(uint64_t gid)
{
    if (gid == 0)
        return "is root's";
    if (gid >= UINT32_MAX)
        return "is no group's id";
    if (gid == role_gid(ROLE_MEMBER) || gid == role_gid(ROLE_AUDITOR) || gid == role_gid(ROLE_ADMIN))
        return "is a role's, which comes with the role alone";
    return NULL;
}
