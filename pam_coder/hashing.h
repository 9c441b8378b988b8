/*
 * crypt(3): the one call of it, and the same for a hash whose cost somebody else chose, in a child with limits.
 */
#ifndef CODER_HASHING_H
#define CODER_HASHING_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"

/* What a hash may take: memory beside what its process has (the preferred method takes 16 MiB). */
enum { HASHING_MEMORY_MIB = 192 };

enum hashing {
    HASHING_MADE,
    HASHING_FAILED, /* no hash: no method of crypt(3)'s, no memory within the limit, no child */
    HASHING_DEAR    /* ended, having taken too much time of the processor */
};

/* crypt_rn(3) into ret, which the caller wipes. False for a failure token or no memory. */
bool hashing_run(const char *password, const char *setting, char ret[ACCOUNT_HASH_SIZE]);

/* The same in a child that may take so many milliseconds of the processor and HASHING_MEMORY_MIB. ret is
 * written for MADE alone. */
enum hashing hashing_run_bounded(const char *password, const char *setting, int64_t milliseconds,
                                 char ret[ACCOUNT_HASH_SIZE]);

/* Milliseconds of the processor that this thread has taken. */
int64_t hashing_clock(void);

#endif
