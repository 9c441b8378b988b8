/*
 * One sweep over all processes for some users: what is theirs is ended.
 */
#ifndef CODER_HOST_SWEEP_H
#define CODER_HOST_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sql/account.h"
#include "sql/store.h"
#include "lineage.h"
#include "units.h"
#include "whose.h"

/* What became of one of them. */
struct swept {
    size_t left; /* processes to be ended, at the last look; one of several users is counted for the first */
    pid_t first; /* the first of them; 0: none */
    int quiet;   /* looks in a row that found none, and saw nothing go that could have been his */
};

struct sweep {
    struct whose whose;
    struct swept *users;  /* in the order of whose.users */
    uint32_t *uids;       /* room for as many */
    struct lineage seen;  /* at the last look */
    struct units units;
    bool knows_subids;    /* else their subordinate uids are not known */
    bool knows_openings;  /* else it is not known who of them is about to log in */
};

/* Who is meant, and what is theirs. False: memory is short, and nobody is meant. To be freed in every case. */
bool sweep_open(struct store *store, const struct account *accounts, size_t count, struct sweep *ret);
void sweep_free(struct sweep *sweep);

/* One look; nothing is ended. False when /proc cannot be read or memory is short. */
bool sweep_look(struct sweep *sweep);

/* End all that is theirs: until two looks find nothing, for at most 10 s for all of them, and what is done in a look. */
void sweep_end(struct sweep *sweep);

/* After sweep_end: nothing of this user's is left, for certain. */
bool sweep_is_clear(const struct swept *user);

#endif
