/*
 * Trust by name: a table written by others must not choose what its users may do.
 */
#include "trust.h"

#include <stdio.h>
#include <string.h>

#include "host/reserved.h"
#include "host/trusted.h"
#include "sql/account.h"
#include "sql/primary_group.h"
#include "batch.h"
#include "claims.h"
#include "record.h"

/* -- rules -------------------------------------------------------------------------------- */

struct reading {
    struct claims *claims;
    bool good;
};

static void claim_rule(void *context, const char *name, const char *path)
{
    struct reading *reading = context;

    reading->good = reading->good && claims_add(reading->claims, CLAIM_RULE, name, 0, path) != NULL;
}

bool import_rules_read(struct claims *claims)
{
    struct reading reading = { claims, true };

    trusted_walk(claim_rule, &reading);
    return reading.good;
}

const struct claim *import_rules_find(const struct claims *claims, const char *name, uint32_t id)
{
    const struct claim *rule = claims_find(claims, CLAIM_RULE, name);
    char text[16];

    snprintf(text, sizeof text, "#%u", id);
    return rule != NULL || id == 0 ? rule : claims_find(claims, CLAIM_RULE, text);
}

/* -- one record --------------------------------------------------------------------------- */

/* "users" means nothing, other names of base-passwd do, and a local user's own group is his. */
static bool check_primary_group(const struct import_batch *batch, const struct account *account,
                                char ret_reason[IMPORT_REASON_SIZE])
{
    char id[16];
    const struct claim *group, *rule;
    bool has_meaning;

    if (account_has_private_group(account))
        return true;
    snprintf(id, sizeof id, "%u", account->gid);
    group = claims_find(&batch->claims, CLAIM_GID, id);
    if (group == NULL)
        return true;
    rule = import_rules_find(&batch->claims, group->holder, account->gid);
    if (rule != NULL) {
        snprintf(ret_reason, IMPORT_REASON_SIZE, "its primary group %.64s has a rule in %.200s; use another, or --force",
                 group->holder, rule->holder);
        return false;
    }
    has_meaning = reserved_name(group->holder) != NULL || account->gid < 1000; /* below are the system's own */
    if (strcmp(group->holder, "users") == 0 ||
        (!has_meaning && claims_find(&batch->claims, CLAIM_USER, group->holder) == NULL))
        return true;
    snprintf(ret_reason, IMPORT_REASON_SIZE, "its primary group %.64s %s; use another, or --force", group->holder,
             has_meaning ? "has a meaning of its own" : "is a local user's own");
    return false;
}

/* By a list of /etc/group or a rule: a local account may well be in some. */
static bool check_gifts(const struct import_batch *batch, const struct account *account,
                        char ret_reason[IMPORT_REASON_SIZE])
{
    const char *username = account->username;
    const struct claim *listed = claims_find(&batch->claims, CLAIM_MEMBER, username);
    const struct claim *rule = import_rules_find(&batch->claims, username, account->uid);

    if (listed != NULL)
        snprintf(ret_reason, IMPORT_REASON_SIZE, "the group %.64s lists a member %s, which the user "
                 "would become: take that out with gpasswd(1), or use --force", listed->holder, username);
    else if (rule != NULL)
        snprintf(ret_reason, IMPORT_REASON_SIZE, "%.200s has a rule for %s, which the user would get; choose another, "
                 "or use --force", rule->holder, rule->key + 1);
    return listed == NULL && rule == NULL;
}

bool import_check_trust(const struct import_batch *batch, const struct account *account, enum row_kind kind,
                        char ret_reason[IMPORT_REASON_SIZE])
{
    const char *whose = reserved_name(account->username);

    if (whose == NULL)
        return kind != ROW_NEW || (check_primary_group(batch, account, ret_reason) &&
                                   check_gifts(batch, account, ret_reason));
    snprintf(ret_reason, IMPORT_REASON_SIZE, "%s is a name with a meaning (%s): rules and files would "
             "trust the user's private group; choose another, or use --force", account->username, whose);
    return false;
}
