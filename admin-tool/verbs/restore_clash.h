/*
 * Clashes: who stands on this machine, outside our store, on a name, an id or a home of an account
 * that a restore brings. What users create would refuse, in short.
 */
#ifndef CODER_RESTORE_CLASH_H
#define CODER_RESTORE_CLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/clash.h"
#include "sql/account.h"
#include "sql/restore_plan.h"

struct clashes;

/* What is asked again and again, read once: the homes of the backup, this machine's ranges of
 * subordinate ids, our public directory. NULL when memory is short or the backup cannot be read. */
struct clashes *clashes_new(struct store *backup);
void clashes_free(struct clashes *clashes);

/* Does the account as it will be clash? ret_reason: with whom or what. The accounts that are in the
 * store already, and what NSS says because of them, are no clash; what NSS cannot tell is one. */
bool clashes_find(const struct clashes *clashes, const struct restored *one,
                  char ret_reason[CLASH_REASON_SIZE]);

/* -- those that were found ---------------------------------------------------------------- */

struct clash {
    char username[ACCOUNT_NAME_SIZE];
    char *reason; /* escaped */
};

struct clash_list {
    uint32_t *uids; /* in the order in which they were added */
    struct clash *list;
    size_t count;
};

bool clash_list_add(struct clash_list *list, const struct account *account,
                    const char *reason); /* false: no memory */
void clash_list_print(const struct clash_list *list); /* a line each on stdout, of the first hundred */
void clash_list_free(struct clash_list *list);

#endif
