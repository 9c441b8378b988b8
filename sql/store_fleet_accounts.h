/*
 * The accounts that come from the fleet, and what it says of them.
 */
#ifndef CODER_STORE_FLEET_ACCOUNTS_H
#define CODER_STORE_FLEET_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "store.h"

/* With the NUL: RFC 4530 as text; entryCSN as OpenLDAP writes it (40 octets); a DN, cut to size; 16 names of scopes. */
enum { FLEET_UUID_SIZE = 37, FLEET_CSN_SIZE = 65, FLEET_ACTOR_SIZE = 257, FLEET_SCOPES_SIZE = 16 * 65 };

enum fleet_status {
    FLEET_ACTIVE,
    FLEET_SUSPENDED,
    FLEET_ABSENT /* not among what this host may see: refused, name and uid kept */
};
/* "active", "suspended", "not here". */
const char *store_fleet_status_name(enum fleet_status status);

struct fleet_account {
    uint32_t uid;
    char entry_uuid[FLEET_UUID_SIZE];
    enum fleet_status status;
    bool here_suspended; /* by suspend --here; the account is suspended when either says so */
    char reason[ACCOUNT_REASON_SIZE], changed_by[FLEET_ACTOR_SIZE], csn[FLEET_CSN_SIZE];
    char scopes[FLEET_SCOPES_SIZE]; /* "all,web", sorted; "": not known */
};

/* NOT_FOUND: the account is of here; there is no account of this entry. */
enum store_result store_fleet_account(struct store *store, uint32_t uid, struct fleet_account *ret);
enum store_result store_fleet_account_by_entry(struct store *store, const char *entry_uuid, struct fleet_account *ret);

/* The account's status follows. false: it is as the fleet says again. NOT_FOUND: it is none of the fleet's. */
enum store_result store_fleet_suspend_here(struct store *store, uint32_t uid, bool suspended);

/* Up to `room` uids above `after` of the fleet's accounts, ascending; *ret is how many, 0 at the end. */
enum store_result store_fleet_uids(struct store *store, uint32_t after, uint32_t *uids, size_t room, size_t *ret);

/* -- on the way to the fleet ----------------------------------------------------------------------- */

/* In a transaction: the account of here is to become its entry's when it comes; entry_uuid: "": not known yet, which does
 * not take back that it was. */
enum store_result store_fleet_move(struct store *store, uint32_t uid, const char *entry_uuid);
/* ... or not any more. */
enum store_result store_fleet_stay(struct store *store, uint32_t uid);
/* NOT_FOUND: it is not on its way. */
enum store_result store_fleet_moving(struct store *store, uint32_t uid, char ret_entry[FLEET_UUID_SIZE]);

/* -- in a transaction that applies ------------------------------------------------------------------ */

/* The account is the entry's from now on, and what it says is its word; here_suspended is not written. vanished_at: what
 * the brake counts, 0: nothing. */
enum store_result store_fleet_put(struct store *store, const struct fleet_account *account, int64_t vanished_at);

/* How many vanished later than `since`, and how many there are that could. */
enum store_result store_fleet_count_vanished(struct store *store, int64_t since, int64_t *ret_vanished, int64_t *ret_all);
/* The brake counts from nothing again. */
enum store_result store_fleet_forgive(struct store *store);

#endif
