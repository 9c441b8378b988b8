/*
 * Deleted users' names and ids in local files.
 */
#ifndef CODER_CHECK_DELETED_H
#define CODER_CHECK_DELETED_H

#include "finding.h"

void check_heirs(struct doctor *doctor);     /* check_deleted.c: deleted users' names and ids in
                                              * /etc/passwd ... */
void check_strangers(struct doctor *doctor); /* ... and names in local groups that nobody has */

#endif
