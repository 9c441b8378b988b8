/*
 * Hashes that came in by a restore, or before import tried them: one that costs too much is refused at every
 * login, after its share of the processor.
 */
#include "hashes.h"

#include <stdio.h>
#include <string.h>

#include "pam_coder/credential.h"
#include "sql/account.h"
#include "finding.h"

/* Tried once for all hashes of the same method and cost. */
static bool is_dear(struct hash_costs *costs, const char *hash)
{
    size_t length = credential_parameters_length(hash);

    for (size_t i = 0; i < costs->count; i++)
        if (strlen(costs->tried[i].parameters) == length &&
            strncmp(costs->tried[i].parameters, hash, length) == 0)
            return costs->tried[i].dear;
    if (costs->count == HASH_COSTS_MAX || length >= HASH_PARAMETERS_SIZE)
        return false;
    snprintf(costs->tried[costs->count].parameters, HASH_PARAMETERS_SIZE, "%.*s", (int)length, hash);
    costs->tried[costs->count].dear = !credential_is_affordable(hash);
    return costs->tried[costs->count++].dear;
}

void check_hash_cost(struct hash_costs *costs, const struct account *account)
{
    if (account->hash[0] == '\0' || !is_dear(costs, account->hash))
        return;
    if (costs->dear++ == 0)
        memcpy(costs->name, account->username, ACCOUNT_NAME_SIZE);
}

void check_hash_costs(struct doctor *doctor, const struct hash_costs *costs)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (costs->dear == 0)
        return;
    check_text(what, "%lld hashes cannot be computed, or cost more than 20 times a new one or 192 MiB",
               (long long)costs->dear);
    check_report(doctor, SEVERITY_PROBLEM, "account-hash-cost", costs->name, what,
                 "every attempt at these names costs much of the machine, and the right password may be refused",
                 check_text(mend, "admin-tool reset-password %s", costs->name));
}
