/*
 * The fleet that this host follows: how far, and what stands in the way.
 */
#ifndef CODER_STORE_FLEET_H
#define CODER_STORE_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

enum { FLEET_BASE_SIZE = 1025, FLEET_URI_SIZE = 1025, FLEET_COOKIE_SIZE = 4097 };

struct fleet {
    char base[FLEET_BASE_SIZE];
    int64_t joined_at;
    int64_t last_contact; /* to the minute; 0: none yet */
    char last_uri[FLEET_URI_SIZE];
    bool whole_due;       /* all is to be sent anew: there is no cookie */
    int64_t latched_at;   /* since then a server is known to have gone back, and nothing is taken; 0: not */
    int64_t braked_at;    /* since then those who vanish are held; 0: not */
};

/* NOT_FOUND: this host has not joined. */
enum store_result store_fleet(struct store *store, struct fleet *ret);

/* How far this host has followed, "" from the beginning; for store_text_free. NOT_FOUND as above. */
enum store_result store_fleet_cookie(struct store *store, char **ret);

/* In a transaction. TAKEN: it has joined already. */
enum store_result store_fleet_join(struct store *store, const char *base, int64_t now);

/* In a transaction. All that is known of the fleet; what accounts there are stay, suspended where they were, and are of
 * here from now on. */
enum store_result store_fleet_leave(struct store *store);

/* In a transaction. All is to be sent anew. */
enum store_result store_fleet_resync(struct store *store);

/* In a transaction. Nothing is taken from now on, or again. */
enum store_result store_fleet_latch(struct store *store, int64_t now);
enum store_result store_fleet_unlatch(struct store *store);

/* In a transaction. Those who vanish are held from now on, or not any more. */
enum store_result store_fleet_brake(struct store *store, int64_t now);
enum store_result store_fleet_release(struct store *store);

/* A server of this URI was heard of. */
enum store_result store_fleet_heard(struct store *store, const char *uri, int64_t now);

/* In a transaction: the fleet's word is taken from here on, and is not any more; this far it has been. */
enum store_result store_fleet_apply_begin(struct store *store);
enum store_result store_fleet_apply_end(struct store *store, const char *cookie);

struct fleet_counts {
    int64_t accounts, active, absent; /* as the fleet says */
    int64_t suspended_here, held, vanished, deleted, remarks;
    int64_t shut; /* by whichever of the two words */
};
enum store_result store_fleet_count(struct store *store, struct fleet_counts *ret);

#endif
