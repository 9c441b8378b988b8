/*
 * The chain of hashes over the audit log, for the rest of sql/: who appends a row links it.
 */
#ifndef CODER_CHAIN_H
#define CODER_CHAIN_H

#include "database.h"
#include "store.h"

/* Give the newest row, inserted without a hash, its own. In the transaction that inserted it. */
enum store_result chain_link_newest(struct store *store);

/* The same for every row there is: rows older than the chain (migration 0002). */
enum store_result chain_link_all(struct store *store);

#endif
