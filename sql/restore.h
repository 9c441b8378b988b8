/*
 * Putting a backup back.
 */
#ifndef CODER_RESTORE_H
#define CODER_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "restore_plan.h"
#include "store.h"
#include "store_audit.h"

/* A name or uid that is another account's here than in the backup, deleted ones included: *ret is
 * the name in the backup; NOT_FOUND when there is none. A restore would give one person's files to
 * another. */
enum store_result restore_find_conflict(struct store *store, struct store *backup,
                                        char ret[ACCOUNT_NAME_SIZE]);

/* ret: whether policy is another or a deleted account is not known here; whether the newest row of
 * the backup's audit log is in this store's, too (an empty one here, or one pruned beyond it,
 * counts as such). */
enum store_result restore_changes_rest(struct store *store, struct store *backup, bool *ret);
enum store_result restore_knows_log(struct store *store, struct store *backup, bool *ret);

/*
 * In the open transaction: all of it, with an audit row for each account and one for policy.
 * Tombstones become the union of both (and a host of no fleet follows that of the backup), the generation the higher one and more; the audit log stays
 * and goes on, and only an empty one takes the backup's rows. REFUSED when there is a conflict.
 */
enum store_result restore_apply(struct store *store, struct store *backup,
                                const struct restore_rules *rules,
                                const struct audit_actor *actor, int64_t now);

#endif
