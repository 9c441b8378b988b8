/*
 * Accounts changed in the store.
 */
#ifndef CODER_STORE_CHANGES_H
#define CODER_STORE_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "store.h"

/* Changing: store_changes.c. */
enum store_result store_account_insert(struct store *store, const struct account *account);
/* Everything of the account with this uid and username. NOT_FOUND without one. */
enum store_result store_account_replace(struct store *store, const struct account *account);
enum store_result store_account_delete(struct store *store, uint32_t uid); /* leaves a tombstone */
/* The same, and the tombstone says that the account lives on in /etc/passwd. */
enum store_result store_account_give_back(struct store *store, const struct account *account);
/* An account that a tombstone of exactly its username and uid kept out: the tombstone makes way. */
enum store_result store_account_return(struct store *store, const struct account *account);
/* Another name, and the home as given; the former name is never given out again. */
enum store_result store_account_rename(struct store *store, uint32_t uid, const char *username, const char *home);
enum store_result store_account_set_status(struct store *store, uint32_t uid,
                                           enum account_status status);
enum store_result store_account_set_roles(struct store *store, uint32_t uid, unsigned roles);

/* Not dormant before policy's days from `now` on have gone by without a login. */
enum store_result store_account_wake(struct store *store, uint32_t uid, int64_t now);

/* The present password must be changed at the next login, for which it is good without an end. LOST when it must be
 * already (its end stays), or there is none. */
enum store_result store_account_require_change(struct store *store, uint32_t uid);

/* E-mail, full name, shell, account expiry, password_max_days, never_dormant and service as in `account`, found by its uid. */
enum store_result store_account_edit(struct store *store, const struct account *account);

/* An administrator's word, unconditional. until: Unix seconds, only with temporary. */
enum store_result store_account_set_password(struct store *store, uint32_t uid, const char *hash,
                                             bool temporary, int64_t until, int64_t now);

/*
 * A user's own change: LOST unless the account is still active with the very hash that was verified
 * (DESIGN D10). Clears the temporary flag.
 */
enum store_result store_account_change_password(struct store *store, uint32_t uid,
                                                const char *verified_hash, const char *new_hash,
                                                int64_t now);

/* A login on that day (00:00 UTC): LOST unless the account is still active and its last one was before. */
enum store_result store_account_note_login(struct store *store, uint32_t uid, int64_t day);

/* The same password hashed anew; LOST as above. */
enum store_result store_account_renew_hash(struct store *store, uint32_t uid,
                                           const char *verified_hash, const char *new_hash);

#endif
