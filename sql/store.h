/*
 * The store: private/accounts.db, the only truth about accounts. Opened by fully-root processes
 * only (admin-tool and coder_helper), never while a prompt is shown or a byte is printed: every
 * function here has finished its statements when it returns, only store_begin leaves something
 * open.
 */
#ifndef CODER_STORE_H
#define CODER_STORE_H

#include <stdint.h>

#include "policy.h"

/* In all functions: every other result than OK changes nothing and leaves ret alone. */
enum store_result {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_TAKEN,   /* username, e-mail or uid is somebody's, a tombstone's included */
    STORE_REFUSED, /* a rule of the schema says no, see store_detail */
    STORE_LOST,    /* conditional write: an admin was faster */
    STORE_MISSING, /* no store yet */
    STORE_UNSAFE,  /* wrong owner, mode or kind of file */
    STORE_FOREIGN, /* an SQLite file, but not ours */
    STORE_TOO_NEW, /* a later schema than this program knows */
    STORE_BUSY,    /* somebody held the lock for longer than the timeout */
    STORE_WAIT,    /* activity_charge only: others' attempts are under way */
    STORE_FULL,    /* no space, or a read-only disk */
    STORE_DAMAGED,
    STORE_FAILED   /* anything else: memory, I/O */
};

enum store_mode {
    STORE_EXISTING, /* MISSING when there is none; an older schema is migrated */
    STORE_SNAPSHOT, /* the same, to be read only, as it is at this moment, until store_close; soon, as nobody commits */
    STORE_CREATE    /* made when there is none; the folder must exist */
};

struct store;

/*
 * Open <private_dir>/accounts.db. The folder must be 0700 and the file 0600, both
 * CODER_OWNER_UID's, and neither a link: checked by lstat, because opening and closing the file
 * would drop SQLite's locks (sqlite.org/howtocorrupt.html 2.2). ret: to be closed with store_close,
 * one thread only.
 */
enum store_result store_open(const char *private_dir, enum store_mode mode, struct store **ret);
void store_close(struct store *store);

/* What SQLite said last, for a log line; "" if nothing. Valid until the next call. */
const char *store_detail(const struct store *store);

/* One BEGIN IMMEDIATE per change; a failed commit has rolled back. */
enum store_result store_begin(struct store *store);
enum store_result store_commit(struct store *store);
void store_rollback(struct store *store); /* nothing if none is open */

/* A part of the open transaction, kept or undone by itself; one at a time. */
enum store_result store_part_begin(struct store *store);
enum store_result store_part_keep(struct store *store);
enum store_result store_part_undo(struct store *store);

/* Raised by the schema's triggers with every change of something public; inside a transaction it is
 * the one that commit will leave. */
enum store_result store_generation(struct store *store, int64_t *ret);

enum store_result store_policy(struct store *store, struct policy *ret);

/* One setting, not judged here; NULL: the default again. */
enum store_result store_policy_set(struct store *store, const char *key, const char *value);

#endif
