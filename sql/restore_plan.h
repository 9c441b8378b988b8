/*
 * What putting a backup back means, account by account.
 */
#ifndef CODER_RESTORE_PLAN_H
#define CODER_RESTORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "store.h"

/* An account that a restore changes. */
struct restored {
    bool was, is;                 /* there before; there afterwards */
    bool password;                /* the backup's password comes back */
    bool keys;                    /* the backup's ssh keys do, which are others */
    struct account before, after; /* as far as was and is say; to be wiped: they hold hashes */
};

/* exact: who was suspended or deleted since the backup is let in again. */
struct restore_rules {
    bool exact;
    const uint32_t *suspended; /* uids, ascending, of whom the backup shall not let in: he is */
    size_t suspended_count;    /* suspended afterwards, whatever else is said of him */
};

struct restore;

/*
 * What restoring `backup` into `store` means. An account of the backup is as it was then, but: one
 * that is suspended stays so and one that was deleted stays deleted, unless `exact`. A name given since stays, as
 * does the day of a login since. One made since goes, and leaves a tombstone. On a host that follows a fleet its accounts
 * are left as they are, those that only the backup has included. The rules' uids must stay until restore_free. NULL when memory is
 * short.
 */
struct restore *restore_new(struct store *store, struct store *backup,
                            const struct restore_rules *rules);
void restore_free(struct restore *restore);

/* The next account that changes, by uid; NOT_FOUND at the end. */
enum store_result restore_next(struct restore *restore, struct restored *ret);

#endif
