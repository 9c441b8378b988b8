/*
 * One line of coder_fleet's: JSON from a process that has no rights here, so nothing of it is trusted.
 */
#ifndef CODER_FOLLOW_LINE_H
#define CODER_FOLLOW_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "import/record.h"
#include "sql/said.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"

enum { LINE_UUIDS_MAX = 1000 };

enum line_kind {
    LINE_CONNECTED, LINE_ENTRY, LINE_UNREADABLE, LINE_GONE, LINE_PRESENT, LINE_REFRESHED, LINE_COMMIT, LINE_BEAT,
    LINE_BEHIND, LINE_WENT_BACK, LINE_LOST, LINE_PUT_OUT, LINE_UNUSABLE
};
enum { LINE_KIND_COUNT = LINE_UNUSABLE + 1 };

/* The entry of ENTRY and UNREADABLE. */
struct fleet_entry {
    struct import_record record; /* its keys are of the reader's memory */
    enum entry_word word;
    char entry_uuid[FLEET_UUID_SIZE], csn[FLEET_CSN_SIZE];
    char changed_by[FLEET_ACTOR_SIZE], reason[ACCOUNT_REASON_SIZE]; /* cut to size; "": none that can be shown */
    const char *former_names; /* one a line; NULL: not said. Of the reader's memory, too */
    char why[IMPORT_REASON_SIZE]; /* what cannot be taken, by itself; "": nothing */
};

/* Did it have this name before? */
bool line_was_named(const struct fleet_entry *entry, const char *name);

struct line {
    enum line_kind kind;
    bool truth;                     /* CONNECTED: whole; REFRESHED: absent */
    char uri[FLEET_URI_SIZE];       /* "": none */
    char cookie[FLEET_COOKIE_SIZE]; /* COMMIT */
    char why[IMPORT_REASON_SIZE];   /* of what is no entry; escaped by none */
    const char *uuids;              /* GONE, PRESENT: FLEET_UUID_SIZE octets each, with the NUL; of the reader's memory */
    size_t uuid_count;
    struct fleet_entry entry;
};

struct line_reader;

/* NULL when memory is short. */
struct line_reader *line_reader_new(void);
void line_reader_free(struct line_reader *reader);

/* False: it is no line of coder_fleet's, and whoever sent it is not to be listened to any more. ret is to be wiped in
 * every case, for it holds a hash, and is good until the next line is read. */
bool line_read(struct line_reader *reader, const char *text, struct line *ret);
void line_wipe(struct line *line);

/* "connected"; for what is said. */
const char *line_kind_name(enum line_kind kind);

#endif
