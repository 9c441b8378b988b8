/*
 * One batch while it is applied: what the steps of it share.
 */
#ifndef CODER_FOLLOW_APPLYING_H
#define CODER_FOLLOW_APPLYING_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_fleet_held.h"
#include "terminal/command.h"
#include "batch.h"

/* A row of the audit log, for the system log when nothing is locked any more. */
struct happened {
    const char *event;
    uint32_t uid;
    char username[ACCOUNT_NAME_SIZE], actor[FLEET_ACTOR_SIZE];
};

struct applying {
    struct tool *tool;
    struct batch *batch;
    const char *from;             /* the cookie that the batch goes on from */
    bool again;                   /* it is of what was held: */
    bool otherwise;               /* ... and one is taken, or is held for another reason */
    int64_t joined_at, taken;     /* the fleet's; the number of the last entry that was taken */
    size_t parts;                 /* transactions that are over */
    struct happened *happened; /* those that are told */
    size_t told, room;
    size_t changed;               /* rows of the audit log */
    size_t milder, untold;        /* ... of them that take nothing away; that are not told one by one */
    struct account before, after; /* of the only account that changed; uid 0: not there */
    uint32_t only;                /* its uid; 0: none yet */
    bool several;                 /* ... or of more than one */
    size_t held, vanished;        /* by this batch */
    struct fleet_kept kept;       /* with what this batch adds, once it adds something */
    bool counted;
    size_t beyond;                /* entries of which nothing is kept: there are too many */
    bool keeps_deleted;           /* so many are deleted that it waits for an administrator's word */
    bool whole_due;               /* it cannot be told what was meant: all is to be sent anew */
};

void applying_free(struct applying *applying); /* wipes */
void applying_told(struct applying *applying); /* what happened so far was */

/* An audit row by this actor ("": the fleet), and what is published of it. before, after: NULL: not there. */
enum store_result applying_note(struct applying *applying, const char *actor, const char *event, const struct account *before,
                                const struct account *after, const char *detail);

/* What was noted since is undone with the part of the transaction. */
struct applying_mark {
    size_t told, changed, milder, untold, held;
    struct account before, after;
    uint32_t only;
    bool several;
};
void applying_mark(const struct applying *applying, struct applying_mark *ret);
void applying_return(struct applying *applying, const struct applying_mark *mark);

#endif
