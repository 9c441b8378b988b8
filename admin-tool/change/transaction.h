/*
 * One transaction of the store, with its audit row and its publication.
 */
#ifndef CODER_CHANGE_TRANSACTION_H
#define CODER_CHANGE_TRANSACTION_H

#include "sql/account.h"
#include "terminal/command.h"

/* Begin a transaction, with the policy as it is now. GO_ON, or said and nothing begun. */
enum status change_begin(struct tool *tool);

/*
 * End a transaction: audit row, publication prepared, COMMIT, published. GO_ON when committed
 * (trouble from then on is a complaint, and record_event the caller's once the lock is released);
 * anything else has rolled back. When it was begun with
 * change_begin, before and after are all that it changed of what the public sees, of one account
 * and nothing of policy; both NULL when there is more.
 */
enum status change_commit(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail);

/* The two halves of it, for a batch: one audit row; and all that ends the transaction. */
enum status change_append(struct tool *tool, const char *event, const struct account *before,
                          const struct account *after, const char *detail);
enum status change_end(struct tool *tool, const struct account *before,
                       const struct account *after);

/* Ctrl-C and the like wait between hold and release: what was committed is carried through. */
void change_hold_signals(void);
void change_release_signals(void);

#endif
