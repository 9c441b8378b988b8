/*
 * Finding accounts: which ones, in which order, and how many there are.
 */
#ifndef CODER_STORE_FIND_H
#define CODER_STORE_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "policy.h"
#include "store.h"

/* Whom to find; NULL, 0 and false: anybody. Texts are borrowed. */
struct account_filter {
    const char *text;     /* in the username, the full name or the e-mail address; ASCII letters in any case */
    unsigned states;      /* a set of 1 << enum account_state */
    const char *role;     /* admin or auditor */
    int64_t unused_since; /* nobody has logged in since then (account_unused_since) */
    int64_t ends_by;      /* the account is refused from then on or from earlier */
    bool must_change, no_key;
    const char *uids;     /* of these: an array of JSON */
    const struct policy *policy;
    int64_t now;
};

struct account_order {
    size_t key; /* store_find_key's; 0: the username, in the order of its bytes */
    bool reverse;
};

/* What accounts can be sorted by: keys of their JSON. False when it is none of these (ret unchanged). */
bool store_find_key(const char *name, size_t *ret);

struct found {
    uint32_t *uids;
    size_t count;
};

/* Those that pass, in that order, those alike by username; without the first `offset`, and no more than `limit`, or all
 * with -1. For found_free. */
enum store_result store_find(struct store *store, const struct account_filter *filter, const struct account_order *order,
                             int64_t offset, int64_t limit, struct found *ret);
void found_free(struct found *found);

/* The records of `count` uids, in that order; *ret is how many: those that are gone, or do not pass any more, are passed
 * over. */
enum store_result store_found_page(struct store *store, const struct account_filter *filter, const uint32_t *uids,
                                   size_t count, struct account *page, size_t *ret);

struct account_counts {
    int64_t total, states[ACCOUNT_STATE_COUNT], locked, must_change, no_key, admins, auditors, services;
};

/* How many pass. locked: the uids of all who are locked out, an array of JSON; NULL: not known, and none is counted. */
enum store_result store_find_count(struct store *store, const struct account_filter *filter, const char *locked,
                                   struct account_counts *ret);

#endif
