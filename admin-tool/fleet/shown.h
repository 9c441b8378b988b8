/*
 * An entry that the server shows to who writes: found by a search, or as it is after (or before) a write, by the controls
 * of RFC 4527. Pure.
 */
#ifndef CODER_FLEET_SHOWN_H
#define CODER_FLEET_SHOWN_H

#include <lber.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHOWN_TEXT_SIZE = 256, SHOWN_SCOPES_MAX = 64, SHOWN_SCOPE_SIZE = 65 };

/* What is not there, or too long to be what it should be, is "" and 0. */
struct shown {
    char entry_uuid[SHOWN_TEXT_SIZE], csn[SHOWN_TEXT_SIZE], by[SHOWN_TEXT_SIZE], status[SHOWN_TEXT_SIZE];
    uint64_t uid, expires_at, counter;
    size_t scope_count;
    char scopes[SHOWN_SCOPES_MAX][SHOWN_SCOPE_SIZE];
};

/* What is asked of the server, with a NULL at the end. */
extern const char *const shown_attributes[];

/* One attribute of the entry more; values end with one whose bv_val is NULL. */
void shown_take(struct shown *shown, const char *name, const struct berval *values);

/* A control's value: SearchResultEntry (RFC 4511). False, and *ret may be half, when it is none. */
bool shown_read(const struct berval *control, struct shown *ret);

#endif
