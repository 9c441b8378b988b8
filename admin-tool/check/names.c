/*
 * What a user's name means to others: a private group that a rule of sudo's or polkit's names, and
 * names with a meaning. Whoever wrote such a rule thought of another group.
 */
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/reserved.h"
#include "host/rule_files.h"
#include "host/rule_groups.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "finding.h"

/* -- one file ----------------------------------------------------------------------------- */

/* The account whose own group it is. */
static bool find_owner(const struct doctor *doctor, const char *group, struct account *ret)
{
    struct store *store = doctor->tool->store;
    unsigned long id = group[0] == '#' ? strtoul(group + 1, NULL, 10) : 0;
    enum store_result result = group[0] != '#' ? store_account_by_name(store, group, ret)
                               : id <= UINT32_MAX ? store_account_by_uid(store, (uint32_t)id, ret)
                                                  : STORE_NOT_FOUND;

    if (result == STORE_OK)
        explicit_bzero(ret->hash, sizeof ret->hash);
    return result == STORE_OK &&
           (doctor->account == NULL || doctor->account->uid == ret->uid);
}

static bool is_reported(const struct doctor *doctor, const char *username, const char *what)
{
    for (size_t i = 0; i < doctor->count; i++)
        if (strcmp(doctor->findings[i].check, "group-rule") == 0 &&
            strcmp(doctor->findings[i].subject, username) == 0 &&
            strcmp(doctor->findings[i].what, what) == 0)
            return true;
    return false;
}

static void report_rule(struct doctor *doctor, enum rule_language language, const char *path,
                        const struct account *account)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    bool meaning = reserved_name(account->username) != NULL;

    check_text(what, "%.200s has a rule for the group %s, which is this user's own", path,
               account->username);
    if (is_reported(doctor, account->username, what))
        return;
    if (language == RULES_SUDOERS)
        check_text(mend, "visudo -f %.200s, and write %s in place of %%%s if this user is meant", path,
                   account->username, account->username);
    else
        check_text(mend, "editor %.200s, and name the user %s if this one is meant", path,
                   account->username);
    check_report(doctor, meaning ? SEVERITY_PROBLEM : SEVERITY_WARNING, "group-rule",
                 account->username, what,
                 "a rule for a group gives this user what it was perhaps to give to others", mend);
}

static void check_groups_of(void *context, enum rule_language language, const char *path, const char *text)
{
    struct doctor *doctor = context;
    char group[RULE_GROUP_SIZE];
    struct account account;

    while (rule_group_next(language, &text, group))
        if (find_owner(doctor, group, &account))
            report_rule(doctor, language, path, &account);
}

/* -- all of it ---------------------------------------------------------------------------- */

void check_name(struct doctor *doctor, const struct account *account)
{
    const char *whose = reserved_name(account->username);
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (whose == NULL)
        return;
    check_text(what, "it is a name with a meaning (%s)", whose);
    check_text(mend, "admin-tool users delete %s, and create the user under another name",
               account->username);
    check_report(doctor, SEVERITY_WARNING, "account-name", account->username, what,
                 "rules and files of others trust a group of this name, and the user has one", mend);
}

void check_rules(struct doctor *doctor)
{
    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    rule_files_walk(check_groups_of, doctor);
}
