/*
 * Subordinate ids (subuid(5)) seen by the doctor: an id is an account's or a range's. One that was given with --force, or
 * before the range, may be both.
 */
#include "subordinate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void subordinates_begin(struct subordinates *subordinates)
{
    host_subordinates_read(&subordinates->ranges); /* as far as they can be read */
}

static bool is_anothers(const struct account *account, const char *path, char ret_owner[SUBORDINATE_OWNER_SIZE])
{
    return subordinate_owner(path, account->uid, ret_owner) && strcmp(ret_owner, account->username) != 0;
}

void subordinates_look(struct subordinates *subordinates, const struct account *account)
{
    static const char *const paths[] = { "/etc/subuid", "/etc/subgid" };
    char owner[SUBORDINATE_OWNER_SIZE];
    size_t i = 0;

    if (!host_subordinates_have(&subordinates->ranges, account->uid))
        return;
    while (i < sizeof paths / sizeof paths[0] && !is_anothers(account, paths[i], owner))
        i++;
    if (i == sizeof paths / sizeof paths[0] || subordinates->found++ > 0)
        return;
    memcpy(subordinates->username, account->username, sizeof subordinates->username);
    memcpy(subordinates->owner, owner, sizeof subordinates->owner);
    subordinates->path = paths[i];
    subordinates->uid = account->uid;
}

void subordinates_report(struct doctor *doctor, struct subordinates *subordinates)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE], more[64] = "";

    free(subordinates->ranges.ranges);
    subordinates->ranges = (struct id_ranges){ NULL, 0 };
    if (subordinates->found == 0)
        return;
    if (subordinates->found > 1)
        snprintf(more, sizeof more, " and the ids of %zu more", subordinates->found - 1);
    check_text(what, "its id %u%s: in %.64s's range of subordinate ids, %s", subordinates->uid, more, subordinates->owner,
               subordinates->path);
    check_text(mend, "give %s another range there, and the files of its containers to that",
               check_word(subordinates->owner));
    check_report(doctor, SEVERITY_PROBLEM, "id-subordinate", subordinates->username, what,
                 "whoever has the range can become this user in a user namespace, and change all that is his", mend);
}
