/*
 * Who has our groups without us.
 */
#ifndef CODER_CHECK_MEMBERS_H
#define CODER_CHECK_MEMBERS_H

#include <grp.h>
#include <stdbool.h>

#include "finding.h"

void check_members(struct doctor *doctor);   /* check_members.c: who has our groups without us */

/* Does check_members say something of who is listed in this group? */
bool check_members_named(const struct doctor *doctor, const struct group *line);

#endif
