/*
 * A store's content as bytes and back. A backup is judged and read in memory, from bytes nobody else can
 * change meanwhile; it is never attached to a store, migrated or written.
 */
#ifndef CODER_STORE_BACKUP_H
#define CODER_STORE_BACKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "store.h"

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

#endif
