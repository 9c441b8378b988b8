/*
 * What a login writes into the truth: a new password, or the same one hashed anew.
 */
#ifndef CODER_REWRITE_H
#define CODER_REWRITE_H

#include "sql/store.h"
#include "hearing.h"

/* The new hash, with its audit row: the user's own change, or root's word (SET). LOST when an administrator was
 * faster: nothing was written then. */
enum store_result hearing_write_password(const struct hearing *hearing, const char *hash);

/* The row of a change that a server of the fleet has made; what fails is said in the log. */
void hearing_note_change(const struct hearing *hearing);

/* The same password hashed anew; what fails is said in the log. */
void hearing_renew_hash(const struct hearing *hearing);

#endif
