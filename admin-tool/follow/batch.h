/*
 * What coder_fleet said since the last commit: kept until the next one, while nothing is locked.
 */
#ifndef CODER_FOLLOW_BATCH_H
#define CODER_FOLLOW_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/batch.h"
#include "sql/said.h"
#include "terminal/command.h"
#include "line.h"

struct batch {
    struct import_batch host; /* what this machine says to it; without rows */
    struct said_list *said;   /* NULL: nothing yet */
    struct line_reader *reader;
    bool absent;              /* a refresh ended, and whoever was not named is absent */
    size_t entries, octets;   /* lines of entries, and of their texts and keys */
};

/* A million, with a kilobyte of keys for each fourth: more than any fleet has, and less than a disk. What was said of an
 * entry before its last word counts, too. */
enum { BATCH_MAX = 1000000, BATCH_OCTETS_MAX = 256 * 1024 * 1024 };

/* reader: it reads the lines again. */
void batch_begin(struct batch *ret, struct tool *tool, struct line_reader *reader);
void batch_free(struct batch *batch); /* wipes */

/* What this machine said is not needed any more. */
void batch_forget_host(struct batch *batch);

/* A line that is about entries, or REFRESHED. text: the same as it came. False: more than there may be, or no room. */
bool batch_add(struct batch *batch, const struct line *line, const char *text);

/* Is there nothing to be done? */
bool batch_is_empty(const struct batch *batch);

/* What one of ENTRIES said, valid until the next; for line_wipe in every case. OK, or no room. */
enum store_result batch_read(const struct batch *batch, const struct said *said, struct line *ret);

#endif
