/*
 * Who has our groups without us.
 */
#ifndef CODER_CHECK_MEMBERS_H
#define CODER_CHECK_MEMBERS_H

#include <grp.h>
#include <stdbool.h>

#include "sql/account.h"
#include "sql/store.h"
#include "finding.h"

void check_members(struct doctor *doctor);   /* check_members.c: who has our groups without us */

/* The account whose private group has this id or, unless NULL, this name. */
bool check_private_group(struct store *store, const char *name, uint32_t gid, struct account *ret);

/* Does check_members say something of who is listed in this group? */
bool check_members_named(const struct doctor *doctor, const struct group *line);

#endif
