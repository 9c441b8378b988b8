/*
 * One operation on an account of the tree: what is there is looked at, then written under the assertion that it is still
 * so.
 */
#ifndef CODER_FLEET_WRITE_ACCOUNT_H
#define CODER_FLEET_WRITE_ACCOUNT_H

#include "pen.h"
#include "settings.h"
#include "write_request.h"

enum write_end {
    WRITE_END_DONE,
    WRITE_END_STANDS_BY, /* the server does not write; nothing is done */
    WRITE_END_AWAY,      /* no answer before anything was written */
    WRITE_END_UNKNOWN,   /* sent, no answer */
    WRITE_END_RIGHTS,
    WRITE_END_CHANGED,   /* not as it was shown */
    WRITE_END_TAKEN,
    WRITE_END_INVALID,
    WRITE_END_FAILED
};

struct write_done {
    const char *name;     /* as it is now */
    struct shown after;
    char why[CONNECT_WHY_SIZE]; /* where it is not done */
};

/* The word for the peer. */
const char *write_end_name(enum write_end end);

enum write_end write_account(const struct settings *settings, struct pen *pen, const struct write_operation *operation,
                             struct write_done *ret);

#endif
