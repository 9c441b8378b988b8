/*
 * What coder_fleet said since the last commit: kept until the next one, while nothing is locked.
 */
#ifndef CODER_FOLLOW_BATCH_H
#define CODER_FOLLOW_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "import/batch.h"
#include "terminal/command.h"
#include "line.h"

enum said_what { SAID_ENTRY, SAID_UNREADABLE, SAID_GONE, SAID_PRESENT };

/* The last word about one entry. */
struct said {
    char entry_uuid[FLEET_UUID_SIZE];
    enum said_what what;
    enum entry_word word; /* the last that could be read, of one that is GONE, too */
    size_t row;  /* of accounts.rows; ENTRY and UNREADABLE */
    char *texts; /* csn, changed_by, reason and why, each with its NUL; NULL: none of them */
};

struct batch {
    struct import_batch accounts; /* what the entries say, and what this host says to it */
    struct said **said;           /* in the order in which they were first named */
    size_t count, room;
    void *tree;                   /* the same by entry */
    bool refreshed, absent;       /* a refresh ended; and whoever was not named is absent */
    size_t octets;                /* of texts and keys */
};

/* A million, with a kilobyte of keys for each fourth: more than any fleet has, and less than memory. What was said of an
 * entry before its last word counts, too. */
enum { BATCH_MAX = 1000000, BATCH_OCTETS_MAX = 256 * 1024 * 1024 };

void batch_begin(struct batch *ret, struct tool *tool);
void batch_free(struct batch *batch); /* wipes */

/* A line that is about entries, or REFRESHED. False: more than there may be, or no memory. */
bool batch_add(struct batch *batch, const struct line *line);

/* Is there nothing to be done? */
bool batch_is_empty(const struct batch *batch);

/* NULL: it was not named. */
const struct said *batch_find(const struct batch *batch, const char *entry_uuid);

/* The texts of an ENTRY or UNREADABLE. */
struct said_texts {
    const char *csn, *changed_by, *reason, *why;
};
struct said_texts said_texts(const struct said *said);

/* Another `why`. False: no memory. */
bool said_refuse(struct said *said, const char *why);

#endif
