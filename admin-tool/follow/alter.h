/*
 * An account of the fleet made what its entry says.
 */
#ifndef CODER_FOLLOW_ALTER_H
#define CODER_FOLLOW_ALTER_H

#include "sql/account.h"
#include "sql/store.h"
#include "applying.h"

/* In the transaction: what differs, but uid, name and status, with an audit row for each kind of change. *account: as it
 * is, and then as it is afterwards. REFUSED or TAKEN: a rule of the store's; some may have been written. */
enum store_result alter_account(struct applying *applying, const char *actor, const struct account *wanted,
                                struct account *account);

/* The same for its ssh keys. keys: a line for each; NULL: none. */
enum store_result alter_keys(struct applying *applying, const char *actor, const struct account *account, const char *keys);

#endif
