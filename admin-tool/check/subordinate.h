/*
 * Accounts whose id is somebody's subordinate one.
 */
#ifndef CODER_CHECK_SUBORDINATE_H
#define CODER_CHECK_SUBORDINATE_H

#include <stddef.h>
#include <stdint.h>

#include "host/login_defs.h"
#include "pam_coder/subordinate.h"
#include "sql/account.h"
#include "finding.h"

/* All zero at first. */
struct subordinates {
    struct id_ranges ranges; /* of this host; only an id in one of them is looked for in the files */
    size_t found;
    char username[ACCOUNT_NAME_SIZE], owner[SUBORDINATE_OWNER_SIZE]; /* the first one, and whose range that is */
    const char *path;
    uint32_t uid;
};

void subordinates_begin(struct subordinates *subordinates);
void subordinates_look(struct subordinates *subordinates, const struct account *account);
/* One finding for all of them; the ranges are freed. */
void subordinates_report(struct doctor *doctor, struct subordinates *subordinates);

#endif
