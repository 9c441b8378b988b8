/*
 * Accounts read from the store.
 */
#ifndef CODER_STORE_ACCOUNTS_H
#define CODER_STORE_ACCOUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "store.h"

enum store_result store_account_by_name(struct store *store, const char *username,
                                        struct account *ret);
enum store_result store_account_by_uid(struct store *store, uint32_t uid, struct account *ret);
enum store_result store_account_by_email(struct store *store, const char *email,
                                         struct account *ret);

/* Whoever had this name once and has another now. */
enum store_result store_account_by_former_name(struct store *store, const char *username,
                                               struct account *ret);

/* The first former name of somebody who lives, in the order of names, behind `after`; NOT_FOUND at the end. */
enum store_result store_next_former_name(struct store *store, const char *after, char ret[ACCOUNT_NAME_SIZE]);

/* Up to `size` accounts with a uid above `after`, by uid; *ret is how many, 0 at the end. */
enum store_result store_accounts_page(struct store *store, uint32_t after, struct account *page,
                                      size_t size, size_t *ret);

/* Up to `size` names behind `after`, in the order of names, of so many letters; *ret is how many, 0 at the end. */
enum store_result store_names_page(struct store *store, const char *after, size_t shortest, size_t longest,
                                   char (*page)[ACCOUNT_NAME_SIZE], size_t size, size_t *ret);

/* How many of these names, an array of JSON, are accounts', and the first of them in its order ("": none). */
enum store_result store_names_count(struct store *store, const char *names, uint64_t *ret, char ret_first[ACCOUNT_NAME_SIZE]);

/* How many there are. */
enum store_result store_accounts_count(struct store *store, uint64_t *ret);

/* The same of those with this role, admin or auditor; NULL: any. */
enum store_result store_accounts_with_role(struct store *store, const char *role, uint32_t after,
                                           struct account *page, size_t size, size_t *ret);

/* TAKEN when an account or tombstone has this name, uid or (account only) e-mail; OK when free. */
enum store_result store_name_is_free(struct store *store, const char *username);
enum store_result store_email_is_free(struct store *store, const char *email);
enum store_result store_uid_is_free(struct store *store, uint32_t uid);

/* The lowest uid from `from` on that an account has or had; NOT_FOUND when there is none. */
enum store_result store_uid_from(struct store *store, uint32_t from, uint32_t *ret);

/* An account other than uid's with this home, by its name; NOT_FOUND when there is none. */
enum store_result store_home_owner(struct store *store, const char *home, uint32_t uid,
                                   char ret[ACCOUNT_NAME_SIZE]);

/* Which deleted account had this uid, by the name it had last, or this username; NOT_FOUND when none had. */
enum store_result store_tombstone_by_uid(struct store *store, uint32_t uid,
                                         char ret[ACCOUNT_NAME_SIZE]);
enum store_result store_tombstone_by_name(struct store *store, const char *username, uint32_t *ret);

/* OK when the account of this username and uid (0: whatever it was) went to /etc/passwd and has not come back; else NOT_FOUND. */
enum store_result store_went_to_passwd(struct store *store, const char *username, uint32_t uid);

/* An id never handed out in [min, max]: the one above all others there, else the lowest left.
 * NOT_FOUND when the range is used up. */
enum store_result store_next_uid(struct store *store, uint32_t min, uint32_t max, uint32_t *ret);

/* The nth last former hash (0: the one before the present); NOT_FOUND when there is none. */
enum store_result store_former_hash(struct store *store, uint32_t uid, int64_t nth,
                                    char ret[ACCOUNT_HASH_SIZE]);

/* Admins other than `uid`, people and not service accounts, whose account_state is active. */
enum store_result store_count_other_admins(struct store *store, uint32_t uid,
                                           const struct policy *policy, int64_t now, int64_t *ret);

#endif
