/*
 * An account of here on its way to the fleet (users move-to-fleet), and the entry that it becomes.
 */
#ifndef CODER_FOLLOW_MOVING_H
#define CODER_FOLLOW_MOVING_H

#include "sql/account.h"
#include "sql/store.h"
#include "line.h"

/* The account that was sent up as this entry: of this name and id, and the entry is the one that was answered, or, should
 * no answer have come, has this very password. NOT_FOUND: none. */
enum store_result moving_find(struct store *store, const struct fleet_entry *entry, struct account *ret);

/* In a transaction that applies: the account is the entry's from now on, and as open as it was. */
enum store_result moving_adopt(struct store *store, const struct fleet_entry *entry, const struct account *account);

#endif
