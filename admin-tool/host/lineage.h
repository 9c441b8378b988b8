/*
 * Whose a process is.
 */
#ifndef CODER_LINEAGE_H
#define CODER_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proc.h"
#include "units.h"
#include "whose.h"

enum relation {
    RELATION_NONE,
    RELATION_SESSION, /* to be ended */
    RELATION_UNIT,    /* a system service that runs as its owner: an administrator's own doing */
    RELATION_REMAINS  /* a zombie: nothing is left to be ended */
};

struct relative {
    struct proc process;
    int owner;    /* of a struct whose: unless NONE, whose it is; the first of them when it is several users' */
    bool is_free; /* no login uid: parent and leader say whose it is */
    bool is_opened; /* it was let open a session for the owner, or descends from one that was */
    bool is_led;  /* its session is one that is to be ended */
    enum relation relation;
};

struct lineage {
    struct relative *processes; /* all that are alive, and the users' zombies, by pid */
    size_t count;
    /*
     * How many ended before it was known whose they were, or are a user's and came and went since the last
     * look. Whoever forks and goes is met at least once in each look, as one of these if not alive; so is, once, who
     * was not looked at because too many came and went.
     */
    size_t vanished;
};

/*
 * Look at every process, once, for all these users. before: what was seen when last looked at, all zero at first; what
 * forked while its parent was ended is known by its session. What was let open a session for a user and what that
 * starts is the user's, whatever it says of uids and units. units: own ones that ran are noted in it. Each user is
 * judged as if alone; what one would lose is to be ended though it is another's unit. False when /proc cannot be read
 * or memory is short.
 */
bool lineage_read(const struct whose *whose, const struct lineage *before, struct units *units, struct lineage *ret);
void lineage_free(struct lineage *lineage);

/* NULL: it was not there. */
const struct relative *lineage_find(const struct lineage *lineage, pid_t pid);

#endif
