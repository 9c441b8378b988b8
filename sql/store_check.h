/*
 * Looking for damage: what a doctor asks of the store beyond what opening it finds. Nothing here
 * changes a thing but store_reindex.
 */
#ifndef CODER_STORE_CHECK_H
#define CODER_STORE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "store.h"

enum { STORE_FAULT_SIZE = 256 };

/* What SQLite's integrity_check says first, "" when all is well. *ret_indexes: nothing but indexes
 * is wrong, and those can be made again from the tables. */
enum store_result store_check_integrity(struct store *store, char ret[STORE_FAULT_SIZE],
                                        bool *ret_indexes);

/* How many rows belong to an account that is not there (foreign_key_check). */
enum store_result store_check_orphans(struct store *store, int64_t *ret);

/* The first table, index or trigger that is missing, changed or not ours; "" when all is well. */
enum store_result store_check_schema(struct store *store, char ret[STORE_FAULT_SIZE]);

/* The first setting no program of ours would take; "" when all is well. */
enum store_result store_check_policy(struct store *store, char ret[STORE_FAULT_SIZE]);

/* The first account with a text longer than any program of ours holds; "" when there is none. */
enum store_result store_check_texts(struct store *store, char ret[STORE_FAULT_SIZE]);

/* The first ssh key that keys add would not have written; or the first account with more keys, or longer ones, than
 * it may have: then id is 0. NOT_FOUND when there is neither. */
struct bad_key {
    int64_t id; /* of account_keys */
    char username[ACCOUNT_NAME_SIZE];
};
enum store_result store_check_keys(struct store *store, struct bad_key *ret);

/* The next home, in the order of their texts, that two accounts or more have; *ret holds the one before
 * it ("": the first is looked for). NOT_FOUND at the end. */
struct shared_home {
    char home[ACCOUNT_PATH_SIZE];
    char first[ACCOUNT_NAME_SIZE], last[ACCOUNT_NAME_SIZE]; /* by name, of those who have it */
};
enum store_result store_check_shared_home(struct store *store, struct shared_home *ret);

/* The next primary group, in the order of ids, that is nobody's private one; *ret holds the one before it (gid 0: the
 * first is looked for). NOT_FOUND at the end. */
enum { PRIMARY_NAMES = 6 };
struct primary_group {
    uint32_t gid;
    int64_t count; /* of accounts */
    char names[PRIMARY_NAMES * (ACCOUNT_NAME_SIZE + 1)]; /* the first so many, "ann, bob" */
};
enum store_result store_check_primary(struct store *store, struct primary_group *ret);

/* The latest time at which anything was created, changed or noted; 0 when there is nothing. */
enum store_result store_check_newest(struct store *store, int64_t *ret);

/* A copy of the store, page by page, as a new file with mode 0600. TAKEN when there is one. */
enum store_result store_check_copy(struct store *store, const char *path);

/* Make every index again from its table. In the open transaction. */
enum store_result store_reindex(struct store *store);

/* Is private/activity.db there, safe, ours and whole: OK, MISSING, UNSAFE, BUSY, DAMAGED, FAILED.
 */
enum store_result activity_check(const char *private_dir);

#endif
