/*
 * Which hosts hold a connection to which server (cn=Monitor): connected, which is not yet to have applied anything.
 */
#ifndef CODER_FLEET_CONNECTED_H
#define CODER_FLEET_CONNECTED_H

#include <stdbool.h>
#include <stddef.h>

#include "pen_look.h"

enum { CONNECTED_NAME_SIZE = 65, CONNECTED_MAX = 20000 };

/* Sorted by name after connected_sort. */
struct connected {
    size_t count;
    struct connected_host {
        char name[CONNECTED_NAME_SIZE];
        const char *uri;
    } hosts[CONNECTED_MAX];
};

/* Those of the server of this pen, whose uri is borrowed; beside those that are there. A result of the pen's; PEN_RIGHTS where they are not shown. */
int connected_read(struct pen *pen, const char *uri, long long until, struct connected *ret);

void connected_sort(struct connected *connected);

/* Where the host is connected; NULL: nowhere. */
const char *connected_where(const struct connected *connected, const char *name);

/* A host's name in its DN "cn=NAME,ou=hosts,..."; false for another's DN. Pure. */
bool connected_name(const char *dn, char ret[CONNECTED_NAME_SIZE]);

#endif
