/*
 * Backups: a store's content as bytes and back, and what putting it back does. A backup is judged
 * and read in memory, from bytes nobody else can change meanwhile; it is never attached to a store,
 * migrated or written.
 */
#ifndef CODER_BACKUP_H
#define CODER_BACKUP_H

#include "store.h"

/* -- bytes (store_backup.c) --------------------------------------------------------------- */

/* The store as it is at one instant, as a database file of *ret_size bytes, looked through as
 * store_load does. Memory of that size; store_snapshot_free wipes it. */
enum store_result store_snapshot(struct store *store, unsigned char **ret, size_t *ret_size);
void store_snapshot_free(unsigned char *bytes, size_t size);

/*
 * Read such bytes as a store that cannot be written. FOREIGN when application, version or any text
 * of the schema is not exactly this program's: a trigger or view too many is enough; TOO_NEW;
 * DAMAGED when integrity, foreign keys or policy are bad. ret: for store_close; the bytes must stay
 * until then.
 */
enum store_result store_load(unsigned char *bytes, size_t size, struct store **ret);

/*
 * The seal that ends a backup file: a line, after the database's last page, with the SHA-256 of all
 * octets before it. Nothing else sees a bit that fell over inside a text. SQLite's own tools leave it
 * where it is, so a backup that was edited is refused; what .backup makes of one has none.
 */
enum { BACKUP_SEAL_SIZE = 103 };
void backup_seal(const unsigned char *bytes, size_t size, char ret[BACKUP_SEAL_SIZE]);

/* Takes the seal off *size; false when it is another's. A file without one (an older release's,
 * SQLite's own) passes; one whose seal is damaged itself is too long for its pages: store_load. */
bool backup_unseal(const unsigned char *bytes, size_t *size);

/* A store with nothing in it, in memory: what a restore is compared with where there is none. */
enum store_result store_make_empty(struct store **ret);

/* -- putting it back (restore_plan.c, restore.c) ------------------------------------------ */

/* An account that a restore changes. */
struct restored {
    bool was, is;                 /* there before; there afterwards */
    bool password;                /* the backup's password comes back */
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
 * that is suspended stays so and one that was deleted stays deleted, unless `exact`. One made since
 * goes, and leaves a tombstone. The rules' uids must stay until restore_free. NULL when memory is
 * short.
 */
struct restore *restore_new(struct store *store, struct store *backup,
                            const struct restore_rules *rules);
void restore_free(struct restore *restore);

/* The next account that changes, by uid; NOT_FOUND at the end. */
enum store_result restore_next(struct restore *restore, struct restored *ret);

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
 * Tombstones become the union of both, the generation the higher one and more; the audit log stays
 * and goes on, and only an empty one takes the backup's rows. REFUSED when there is a conflict.
 */
enum store_result restore_apply(struct store *store, struct store *backup,
                                const struct restore_rules *rules,
                                const struct audit_actor *actor, int64_t now);

#endif
