/*
 * A change of accounts that come from the fleet: it is asked of the fleet, by an administrator of it, comes down to this host
 * as to all others, and is on record here beside what came.
 */
#ifndef CODER_CHANGE_UPWARD_H
#define CODER_CHANGE_UPWARD_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/store_fleet_accounts.h"
#include "terminal/command.h"
#include "fleet_answer.h"
#include "fleet_identity.h"

struct work;

/* Of each target, in their order. */
struct upward_entry {
    struct fleet_account from; /* as it was when the account was shown */
    struct fleet_done done;
    bool late;                 /* done, but this host has not heard of it in time */
};

/* Begins as zeros. entries: NULL: these accounts are of here. */
struct upward {
    struct upward_entry *entries;
    struct fleet_identity identity;
    struct fleet_answer answer; /* the last */
    bool more;                  /* others follow by the same identity: who hears of it is not asked yet */
};

/* Are they the fleet's, and may this change go there? GO_ON, also of accounts of here; or said. */
enum status upward_begin(struct work *work);
void upward_end(struct work *work);

/* The same for accounts that are to be made there ("add"): targets are as they shall be, with an id or 0. The caller finds
 * them afterwards as they are, with the fleet's id where this host has not heard of them yet. */
enum status upward_begin_new(struct work *work);

/* Who asks it. GO_ON, or said. */
enum status upward_identify(struct work *work);

/* Ask it for all that are due (the identity is the caller's to forget then), wait for it, put it on record. GO_ON, or said and nothing changed; where the first of several
 * were, that is complained about. */
enum status upward_commit(struct work *work);

/* Of the nth it was done, and this host has not heard of it. upward: NULL: it is of here. */
bool upward_is_late(const struct upward *upward, size_t i);

/* Who of the hosts hears of it: in a line, and as an object for store_text_free (NULL when memory is short). */
void upward_say(const struct work *work);
void upward_note(const struct work *work); /* where standard output is the passwords' */
char *upward_object(const struct upward *upward, size_t i);

#endif
