/*
 * The messages of RFC 4533 (content synchronization), as BER to be read and written. Pure: what the server sent is
 * octets of a stranger here, and whatever is not of the form is refused.
 */
#ifndef CODER_FLEET_SYNC_H
#define CODER_FLEET_SYNC_H

#include <lber.h>
#include <stdbool.h>

#include "cookie.h"

enum { SYNC_UUID_SIZE = 37 }; /* RFC 4122's text and its NUL */

/* With each entry. */
struct sync_entry {
    enum sync_state { SYNC_PRESENT, SYNC_ADD, SYNC_MODIFY, SYNC_DELETE } state;
    char uuid[SYNC_UUID_SIZE];
    bool has_cookie;
    struct cookie cookie;
};

/* Between entries. */
struct sync_info {
    enum sync_kind { SYNC_NEW_COOKIE, SYNC_REFRESH_DELETE, SYNC_REFRESH_PRESENT, SYNC_ID_SET } kind;
    bool done;   /* of the two refreshes: the refresh ends here */
    bool delete; /* of a set: they are gone; else they are present */
    bool has_cookie;
    struct cookie cookie;
    size_t count; /* of a set */
    char (*uuids)[SYNC_UUID_SIZE];
};

/* False, and nothing set, when the octets are none or a cookie in them is none. */
bool sync_read_entry(const struct berval *value, struct sync_entry *ret);

/* The same; also when memory is short. sync_free_info frees what was read. */
bool sync_read_info(const struct berval *value, struct sync_info *ret);
void sync_free_info(struct sync_info *info);

/* The request's control: refresh, then persist; cookie "" for everything. NULL when memory is short; to be freed by
 * ber_bvfree. */
struct berval *sync_write_request(const char *cookie);

#endif
