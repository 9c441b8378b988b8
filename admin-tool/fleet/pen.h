/*
 * One connection to one server, on which an administrator writes. No call waits longer than the pen was told.
 */
#ifndef CODER_FLEET_PEN_H
#define CODER_FLEET_PEN_H

#include <stdbool.h>
#include <stdint.h>

#include "shown.h"
#include "connect.h"
#include "facts.h"
#include "settings.h"

/* What a call returns: a result of RFC 4511 (and RFC 4528), or that there was none. */
enum {
    PEN_DONE = 0,
    PEN_NO_SUCH_VALUE = 16,
    PEN_INVALID_TYPE = 17,
    PEN_CONSTRAINT = 19,
    PEN_VALUE_EXISTS = 20,
    PEN_INVALID_VALUE = 21,
    PEN_NO_SUCH_OBJECT = 32,
    PEN_INVALID_NAME = 34,
    PEN_RIGHTS = 50,
    PEN_UNWILLING = 53,
    PEN_OBJECT_CLASS = 65,
    PEN_EXISTS = 68,
    PEN_ASSERTION = 122,
    PEN_SILENT = -1,   /* no answer: what was asked may have been done */
    PEN_STRANGE = -2   /* done, but the answer cannot be read */
};
enum { PEN_DN_SIZE = 2 * SETTINGS_VALUE_SIZE };

struct pen;
struct ldap;
struct ldapmsg; /* ldap.h's LDAPMessage */

/* NULL with why; *ret_refused: the server is there, but does not take this identity. To be closed. */
struct pen *pen_open(const char *uri, int wait_ms, const struct connect_as *as,
                     char why[CONNECT_WHY_SIZE], bool *ret_refused);
void pen_close(struct pen *pen); /* NULL: nothing */

/* Why the last call did not end well: printable ASCII. */
const char *pen_why(const struct pen *pen);

/* For pen_look.c. The library's connection; what a result of its means (an error of its own is a negative number: no answer
 * came); why none came; the answer to the message sent, whole or its next message, NULL when none came in time. */
struct ldap *pen_ld(struct pen *pen);
int pen_end(struct pen *pen, int result);
int pen_be_silent(struct pen *pen, const char *why);
struct ldapmsg *pen_await(struct pen *pen, int id, int how);

/* Writes; the entry as it is after it. assertion: a filter that must hold (RFC 4528), NULL for none. */
int pen_modify(struct pen *pen, const char *dn, const struct facts *facts, const char *assertion, struct shown *ret);
int pen_add(struct pen *pen, const char *dn, const struct facts *facts, struct shown *ret);
int pen_rename(struct pen *pen, const char *dn, const char *new_rdn, const char *assertion, struct shown *ret);
int pen_remove(struct pen *pen, const char *dn);

/* A member more or less of a group; one that is (not) there already is done. */
int pen_member(struct pen *pen, const char *group, const char *member, bool is_one);

/* One more (RFC 4525): what the counter was before. */
int pen_count(struct pen *pen, const char *dn, uint64_t *ret);

#endif
