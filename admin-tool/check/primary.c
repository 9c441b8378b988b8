/*
 * Primary groups seen by the doctor: an account without a private group has one of /etc/group.
 */
#include "primary.h"

#include <stdio.h>

#include "host/group_ids.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_check.h"
#include "terminal/command.h"
#include "finding.h"

static void report(struct doctor *doctor, const struct primary_group *primary)
{
    const struct account *only = doctor->account;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (only != NULL && only->gid != primary->gid)
        return;
    if (only == NULL && primary->count > PRIMARY_NAMES)
        check_text(what, "gid %u, the primary group of %s and %lld more, is not in /etc/group", primary->gid,
                   primary->names, (long long)(primary->count - PRIMARY_NAMES));
    else
        check_text(what, "gid %u, the primary group of %s, is not in /etc/group", primary->gid,
                   only != NULL ? only->username : primary->names);
    check_text(mend, "groupadd -g %u NAME", primary->gid);
    check_report(doctor, SEVERITY_WARNING, "primary-group", only != NULL ? only->username : "groups", what,
                 "their files have a group without a name, and whoever is given the id next may read them", mend);
}

void check_primary_groups(struct doctor *doctor)
{
    struct primary_group primary = { .gid = 0 };
    struct group_ids local;

    if (doctor->tool->store == NULL || doctor->quiet)
        return;
    if (group_ids_read(&local))
        while (store_check_primary(doctor->tool->store, &primary) == STORE_OK)
            if (!group_ids_have(&local, primary.gid))
                report(doctor, &primary);
    group_ids_free(&local);
}
