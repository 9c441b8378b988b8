/*
 * What following writes into the store, each time opened for it alone: between two lines of coder_fleet's nothing is
 * open and nothing is held. Where the public directory is behind the store, it is written anew.
 */
#ifndef CODER_FOLLOW_TURN_H
#define CODER_FOLLOW_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/store_fleet.h"
#include "terminal/command.h"
#include "apply.h"
#include "batch.h"
#include "line.h"

/* How far it is, as far as this process knows. */
struct progress_made {
    char cookie[FLEET_COOKIE_SIZE]; /* up to here all was taken ... */
    char stored[FLEET_COOKIE_SIZE]; /* ... and this stands in the store: another one there is an administrator's word */
    int64_t heard_at;               /* as it stands in the store */
};

enum turn {
    TURN_GOES_ON,
    TURN_BEGINS_ANEW, /* the cookie is another one, or a server went back: the conversation is over */
    TURN_LEFT,        /* this host follows no fleet (any more) */
    TURN_FAILED       /* said; to be tried again */
};

/* What the store says; latched: nothing is to be taken. */
enum turn turn_look(struct tool *tool, struct progress_made *progress, bool *ret_latched);

/* A server of this URI was heard of: noted once a minute, and then also whether it is still wanted. */
enum turn turn_hear(struct tool *tool, struct progress_made *progress, const char *uri);

/* All of a batch, up to this cookie. *ret_swept: somebody may have lost his access. */
enum turn turn_apply(struct tool *tool, struct progress_made *progress, struct batch *batch, const char *cookie,
                     const char *uri, bool *ret_swept);

/* What was held is judged again: what stood in its way may be gone. Somebody may have lost his access. */
enum turn turn_again(struct tool *tool, struct progress_made *progress, struct line_reader *reader);

/* A server went back behind what was taken. */
enum turn turn_latch(struct tool *tool, const char *uri);

#endif
