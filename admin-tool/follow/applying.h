/*
 * One batch while it is applied: what the steps of it share.
 */
#ifndef CODER_FOLLOW_APPLYING_H
#define CODER_FOLLOW_APPLYING_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "batch.h"

/* A row of the audit log, for the system log when nothing is locked any more. */
struct happened {
    const char *event, *actor; /* of the batch */
    uint32_t uid;
    char username[ACCOUNT_NAME_SIZE];
};

struct applying {
    struct tool *tool;
    struct batch *batch;
    struct happened *happened;
    size_t count, room;
    struct account before, after; /* of the only account that changed; uid 0: not there */
    uint32_t only;                /* its uid; 0: none yet */
    bool several;                 /* ... or of more than one */
    size_t held, vanished;        /* by this batch */
    bool keeps_deleted;           /* so many are deleted that it waits for an administrator's word */
    bool whole_due;               /* it cannot be told what was meant: all is to be sent anew */
};

void applying_free(struct applying *applying); /* wipes */

/* An audit row by this actor ("": the fleet; of the batch, for it is told later), and what is published of it. before,
 * after: NULL: not there. */
enum store_result applying_note(struct applying *applying, const char *actor, const char *event, const struct account *before,
                                const struct account *after, const char *detail);

/* What was noted since is undone with the part of the transaction. */
struct applying_mark {
    size_t count;
    struct account before, after;
    uint32_t only;
    bool several;
};
void applying_mark(const struct applying *applying, struct applying_mark *ret);
void applying_return(struct applying *applying, const struct applying_mark *mark);

#endif
