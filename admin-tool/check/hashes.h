/*
 * What the hashes of the accounts' passwords cost to compute, seen by the doctor.
 */
#ifndef CODER_CHECK_HASHES_H
#define CODER_CHECK_HASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/account.h"
#include "finding.h"

/* Longer parameters than any method has are not tried. */
enum { HASH_COSTS_MAX = 128, HASH_PARAMETERS_SIZE = 64 };

/* Methods and costs that were tried, each once. */
struct hash_costs {
    struct {
        char parameters[HASH_PARAMETERS_SIZE];
        bool dear;
    } tried[HASH_COSTS_MAX];
    size_t count;
    int64_t dear; /* accounts with such a hash */
    char name[ACCOUNT_NAME_SIZE]; /* the first of them */
};

/* Count an account. Of more than HASH_COSTS_MAX costs the rest is not tried: each takes its time. */
void check_hash_cost(struct hash_costs *costs, const struct account *account);

void check_hash_costs(struct doctor *doctor, const struct hash_costs *costs);

#endif
