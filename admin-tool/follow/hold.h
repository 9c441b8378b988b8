/*
 * What is kept of an entry that was not taken.
 */
#ifndef CODER_FOLLOW_HOLD_H
#define CODER_FOLLOW_HOLD_H

#include <stdbool.h>

#include "sql/said.h"
#include "sql/store.h"
#include "sql/store_fleet_held.h"
#include "applying.h"
#include "line.h"

/* In the transaction: held, and why; with its line where it may be taken later. account: its account's name, NULL: it has
 * none here. */
enum store_result hold_entry(struct applying *applying, const struct said *said, const struct fleet_entry *entry,
                             const char *account, enum fleet_held_kind kind, const char *why);

/* In the transaction: the gravestone of an entry that never was an account here. */
enum store_result hold_grave(struct applying *applying, const struct said *said, const char *username);

#endif
