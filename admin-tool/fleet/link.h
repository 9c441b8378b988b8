/*
 * What is asked of one provider, and what it says. Its file, connect.c, exop.c and pen*.c alone include ldap.h. No call
 * waits longer for the server than the link was told.
 */
#ifndef CODER_FLEET_LINK_H
#define CODER_FLEET_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "connect.h"
#include "cookie.h"
#include "json_line.h"
#include "settings.h"
#include "sync.h"

enum { LINK_WAIT_MS = 5000, LINK_WHY_SIZE = CONNECT_WHY_SIZE };

/* Results of LDAP that mean something to a follower: RFC 4533 and slapd's syncprov. */
enum { LINK_SUCCESS = 0, LINK_UNWILLING = 53, LINK_REFRESH_REQUIRED = 4096 };

struct link;

/* NULL with why. To be closed; link_close(NULL) is fine. wait_ms: the longest for each step. */
struct link *link_open(const struct settings *settings, const char *uri, int wait_ms, char why[LINK_WHY_SIZE]);
void link_close(struct link *link);

/* Why the last call failed, in the library's or the server's words: printable ASCII. */
const char *link_why(const struct link *link);

/* The host's own entry, with a scope. False with *ret_failed when there was no answer. */
bool link_is_admitted(struct link *link, bool *ret_failed);

/* What the provider has of the tree; nothing known when it does not say. False when there was no answer. */
bool link_read_context(struct link *link, struct cookie *ret);

/* Begins to follow; "" for everything. */
bool link_follow(struct link *link, const char *cookie);

/* Sends the heartbeat: a read of the host's own entry, whose answer comes as an event. */
bool link_beat(struct link *link);

/* To be waited for with poll(2), after link_next had nothing. */
int link_descriptor(const struct link *link);

struct link_event {
    enum link_kind {
        LINK_NOTHING, /* by now */
        LINK_ENTRY,   /* entry: its line is written where it is not deleted or present alone */
        LINK_INFO,    /* info: to be freed by sync_free_info */
        LINK_ENDED,   /* the following, by the server; result */
        LINK_BEAT,    /* admitted */
        LINK_OTHER,   /* of no meaning */
        LINK_LOST     /* link_why */
    } kind;
    struct sync_entry entry;
    struct sync_info info;
    int result;
    bool admitted;
};

/* The next message, if one is there: never waits. `line` is for an entry's. */
void link_next(struct link *link, struct link_event *ret, struct json_line *line);

#endif
