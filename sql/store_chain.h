/*
 * The chain of hashes over the audit log.
 */
#ifndef CODER_STORE_CHAIN_H
#define CODER_STORE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

enum { AUDIT_HASH_SIZE = 65 };

/* A row and its hash: lower-case hexadecimal, all 0 for "no row", id 0. */
struct audit_link {
    int64_t id;
    char hash[AUDIT_HASH_SIZE];
};

enum store_result store_audit_newest(struct store *store, struct audit_link *ret);

struct audit_proof {
    struct audit_link link; /* the last row that is as it was and follows its predecessors */
    int64_t rows;           /* how many are */
    int64_t pruned_through; /* the chain begins after this row; 0: at the beginning */
    bool whole;
    int64_t bad;            /* when not: the first id that is changed, missing, moved or inserted */
};

/* Walk the whole log, a page at a time: nobody waits for it. */
enum store_result store_audit_verify(struct store *store, struct audit_proof *ret);

#endif
