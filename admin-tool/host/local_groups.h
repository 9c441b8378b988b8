/*
 * A user's name in the lists of this machine's own groups: members in /etc/group, members and administrators
 * in /etc/gshadow. Whoever is made later with the name of a deleted user would have all of them.
 */
#ifndef CODER_LOCAL_GROUPS_H
#define CODER_LOCAL_GROUPS_H

#include <stdbool.h>
#include <stdio.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "local_files.h"

/* For users delete --dry-run: which groups those are, and what would become of it. Nothing is printed when
 * there are none. */
void local_groups_preview(const struct tool *tool, const struct account *account, FILE *out);

/*
 * After the commit of users delete: take the name out, as userdel(8) does, or say with --keep-groups that it
 * stays. Waits up to 15 s for lckpwdf(3); what fails is complained about and leaves both files whole. They are
 * left alone when the name is now another source's user.
 */
void local_groups_leave(struct tool *tool, const struct account *account);

/*
 * Call `found` with each group and each name in its lists, in the order of the file. administers: in gshadow's
 * list of administrators. False with errno when the file cannot be read.
 */
enum local_group_list { GROUP_MEMBERS, GSHADOW_ADMINISTRATORS, GSHADOW_MEMBERS };
bool local_groups_walk(void (*found)(void *context, enum local_group_list list, const char *group,
                                     const char *name),
                       void *context);

/* The groups with the name in a list: "adm, sudo", "" for none, with "..." at the end when there are too many. False
 * with errno when a file cannot be read. */
enum { LOCAL_GROUPS_SIZE = 512 };
bool local_groups_of(const char *username, char ret[LOCAL_GROUPS_SIZE]);

/* The new text of a loaded group or gshadow: the old one with `new` in the place of `old` in each list, once; NULL: in
 * no list any more. Every other octet stays. False: no memory. */
bool local_groups_rewrite(struct local_file *file, const char *old, const char *new);

#endif
