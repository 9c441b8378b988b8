/*
 * Entries that a server shows to who writes there.
 */
#ifndef CODER_FLEET_PEN_LOOK_H
#define CODER_FLEET_PEN_LOOK_H

#include "pen.h"

enum { PEN_FILTER_SIZE = 4 * PEN_DN_SIZE, PEN_ATTRIBUTES_MAX = 16 };

/* The one entry below base (or base itself) that the filter finds; with a second one PEN_STRANGE. ret_dn may be NULL. */
int pen_read(struct pen *pen, const char *dn, struct shown *ret);
int pen_find(struct pen *pen, const char *base, const char *filter, char ret_dn[PEN_DN_SIZE], struct shown *ret);

/* An entry found; borrowed. */
struct pen_entry {
    const char *dn;
    size_t count;
    struct pen_attribute {
        char name[64];
        struct berval *values; /* one without bv_val is at their end */
    } attributes[PEN_ATTRIBUTES_MAX];
};

/* NULL: it has none. */
const struct berval *pen_values(const struct pen_entry *entry, const char *attribute);
/* The first one, "" for none, or one that does not fit or has a NUL. */
void pen_value(const struct pen_entry *entry, const char *attribute, char *ret, size_t size);

/* All entries right below base that the filter finds, as they come; not longer than until (peer_clock_ms). */
int pen_each(struct pen *pen, const char *base, const char *filter, const char *const *attributes, long long until,
             void (*take)(void *context, const struct pen_entry *entry), void *context);

/* "(attribute=value)" of any value. False when it does not fit. */
bool pen_filter(const char *attribute, const char *value, char ret[PEN_FILTER_SIZE]);

#endif
