/*
 * One entry taken.
 */
#ifndef CODER_FOLLOW_TAKE_H
#define CODER_FOLLOW_TAKE_H

#include "sql/said.h"
#include "sql/store.h"
#include "applying.h"

/* In the transaction, in a part of its own: the account becomes what the judged entry says, or the entry is held and only
 * what it takes away is applied. OK; anything else ends the batch. */
enum store_result take_entry(struct applying *applying, const struct said *said);

#endif
