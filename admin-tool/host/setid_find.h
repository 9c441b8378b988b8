/*
 * Which files' set-id bits are meant, of some users, and where they are.
 */
#ifndef CODER_SETID_FIND_H
#define CODER_SETID_FIND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "search.h"

enum { SETID_EXAMPLES = 8 };

/* The bits of st that have an effect: set-user-id, and set-group-id of what the group may run (inode(7)). */
mode_t setid_bits(const struct stat *st);

/* Which files of one user are meant. */
struct setid_rule {
    uint32_t uid;
    bool shut_out; /* all bits count; else those of groups that are not among `kept` */
    bool left_out; /* no file is meant, e.g. as those groups could not be read */
    gid_t *kept;
    int kept_count;
};

/* All of them, in the order of the accounts. */
struct setid_rules {
    bool remove;
    const struct account *accounts;
    size_t count;
    struct setid_rule all[];
};

struct setid_result {
    size_t found, removed; /* names; a file has one or more */
    int error;             /* of the first whose bits stay */
    char failed[PATH_MAX];
    char examples[SETID_EXAMPLES][PATH_MAX];
};

struct setid_results {
    struct search_end end; /* first */
    struct setid_result all[];
};

/* Room for so many users of these accounts, zero at first. remove: the bits that are found are taken off. NULL when
 * memory is short. */
struct setid_rules *setid_rules_make(const struct account *accounts, size_t count, bool remove);

/* shut_out: as in the rule. roles: of one who is not, afterwards. */
void setid_rule_read(const struct tool *tool, const struct account *account, bool shut_out, unsigned roles,
                     struct setid_rule *ret);
void setid_rules_free(struct setid_rules *rules);

/* One walk for all of them, of 6 s at most, or a minute where bits are taken off. NULL when memory is short; to be
 * freed. */
struct setid_results *setid_find(const struct setid_rules *rules);

#endif
