/*
 * What the fleet sent and this host did not take; and whose sessions are still to be ended.
 */
#ifndef CODER_STORE_FLEET_HELD_H
#define CODER_STORE_FLEET_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "store.h"
#include "store_fleet_accounts.h"

enum { FLEET_WHY_SIZE = 513 };

enum fleet_held_kind {
    HELD_ENTRY,    /* not taken: what there was before stays, or nothing */
    HELD_VANISHED, /* gone with many others: goes with an administrator's word */
    HELD_REMARK,   /* taken, but for what `why` says */
    HELD_DELETED   /* deleted there with many others: suspended, and deleted with an administrator's word */
};

struct fleet_held {
    char entry_uuid[FLEET_UUID_SIZE];
    enum fleet_held_kind kind;
    char username[ACCOUNT_NAME_SIZE]; /* "": it had none that is one */
    char why[FLEET_WHY_SIZE];
    int64_t since;
    char csn[FLEET_CSN_SIZE];
    const char *line; /* as it came, to be judged again; NULL: not. For store_fleet_hold alone */
};

/* Up to `size` behind the entry `after` ("": from the first), by entry; *ret is how many, 0 at the end. */
enum store_result store_fleet_held(struct store *store, const char *after, struct fleet_held *page, size_t size,
                                   size_t *ret);

/* NOT_FOUND: nothing of this entry is held. */
enum store_result store_fleet_held_of(struct store *store, const char *entry_uuid, struct fleet_held *ret);

/* In a transaction. One for each entry; since when stays while kind and why do. */
enum store_result store_fleet_hold(struct store *store, const struct fleet_held *held);
enum store_result store_fleet_let_go(struct store *store, const char *entry_uuid);

/* The first line behind the entry `after` ("": of all) that is to be judged again, for store_text_free. NOT_FOUND at the
 * end. */
enum store_result store_fleet_held_line(struct store *store, const char *after, char ret_entry_uuid[FLEET_UUID_SIZE], char **ret);

/* How much is kept of entries that are no accounts here. */
struct fleet_kept {
    int64_t graves, held; /* held: of whatever kind */
    int64_t lines;        /* to be judged again */
};
enum store_result store_fleet_count_kept(struct store *store, struct fleet_kept *ret);

/* In a transaction. The entry is a gravestone, for ever; username: "": whose is not known. */
enum store_result store_fleet_bury(struct store *store, const char *entry_uuid, const char *username, int64_t now);
/* OK when it is one, else NOT_FOUND. */
enum store_result store_fleet_is_buried(struct store *store, const char *entry_uuid);

/* -- sessions to be ended --------------------------------------------------------------------------- */

/* In the transaction of the change. deleted: it is no account any more. */
enum store_result store_fleet_sweep_due(struct store *store, const struct account *account, bool deleted);

struct fleet_sweep {
    int64_t id;
    uint32_t uid;
    char username[ACCOUNT_NAME_SIZE], home[ACCOUNT_PATH_SIZE];
    bool deleted;
};
/* Up to `size` with an id above `after`, by id, one user more than once where access was lost again; *ret is how many, 0
 * at the end. */
enum store_result store_fleet_sweeps(struct store *store, int64_t after, struct fleet_sweep *page, size_t size,
                                     size_t *ret);
/* All up to this id. */
enum store_result store_fleet_sweeps_done(struct store *store, int64_t id);

#endif
