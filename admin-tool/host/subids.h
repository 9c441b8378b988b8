/*
 * Subordinate ids (subuid(5)): given and taken back as useradd(8) and userdel(8) do, under lckpwdf(3), which another
 * program may hold for 15 s. So not while a lock of ours is held.
 */
#ifndef CODER_HOST_SUBIDS_H
#define CODER_HOST_SUBIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sql/account.h"
#include "terminal/command.h"

enum { SUBID_USERS, SUBID_GROUPS, SUBID_KINDS };

/* Who is to have some; what follows the uid is ours, and zero at first. */
struct subid_owner {
    const char *name;
    uint32_t uid;
    bool has[SUBID_KINDS]; /* a line of the file */
    unsigned long first[SUBID_KINDS];
};

/*
 * To each owner, in this order, the lowest range that is free and without the id of any user or group, of the files
 * or of an account that is or was; whoever has a line keeps it as it is. Nothing where this host gives none: SUB_UID_COUNT
 * of login.defs(5) is 0 or there is no /etc/subuid (the same for groups), or nsswitch.conf(5) has them from
 * elsewhere ("subid: sss"), which is noted. Trouble is a complaint.
 */
void subids_give(struct tool *tool, struct subid_owner *owners, size_t count);

/* All lines of an account that was deleted, by its name and its uid; not those of a local user of that name. */
void subids_take_back(struct tool *tool, const struct account *account);

/* For --dry-run. */
void subids_preview_give(size_t accounts, FILE *out);
void subids_preview_take_back(const struct account *account, FILE *out);

#endif
