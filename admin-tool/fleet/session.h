/*
 * One connection's life: is this provider one to follow, then everything it says, as lines for the peer.
 */
#ifndef CODER_FLEET_SESSION_H
#define CODER_FLEET_SESSION_H

#include <stdbool.h>

#include "cookie.h"
#include "peer.h"
#include "settings.h"

enum { SESSION_BEAT_MS = 15000, SESSION_ANSWER_MS = 5000, SESSION_BATCH_MAX = 1000, SESSION_IDS_MAX = 1000 };

/* What the host has, from one connection to the next. */
struct session_state {
    struct cookie known; /* what was committed; what a provider must not be behind of */
    bool whole;          /* ask for everything */
};

enum session_end {
    SESSION_LOST,      /* said so */
    SESSION_BEHIND,    /* said so */
    SESSION_WENT_BACK, /* not said yet */
    SESSION_PUT_OUT,   /* said so */
    SESSION_ANEW,      /* the provider wants everything asked for anew; state->whole is set */
    SESSION_PEER       /* the peer is gone */
};

/* Follows until something ends it. *ret_refreshed: it had come as far as being up to date. */
enum session_end session_run(const struct settings *settings, const char *uri, struct session_state *state,
                             struct peer *peer, bool *ret_refreshed);

#endif
