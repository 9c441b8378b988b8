/*
 * What a user's own change of a password asks of one server, over a connection of connect.h's. No call waits longer for the
 * server than it is told.
 */
#ifndef CODER_FLEET_EXOP_H
#define CODER_FLEET_EXOP_H

#include <stdbool.h>

#include "connect.h"

enum exop_end {
    EXOP_DONE,
    EXOP_WRONG,   /* the server does not take the old password: another one was set, or the account has none */
    EXOP_USED,    /* the new one is one of the last */
    EXOP_EARLY,   /* it was changed too short a while ago */
    EXOP_REFUSED, /* why: the server's words */
    EXOP_NEXT,    /* this server does not write now: nothing was done */
    EXOP_SILENT   /* no answer: of a bind nothing was done, of a change nobody knows */
};

/* Asked as the host: olcReadOnly of examples/fleet's database. DONE: it writes, or does not say; else NEXT. */
enum exop_end exop_find_writer(struct ldap *ld, int wait_ms);

/* From here on the connection is the user's. dn: of the account; the password is not empty. */
enum exop_end exop_bind(struct ldap *ld, const char *dn, const char *password, int wait_ms, char why[CONNECT_WHY_SIZE]);

/* The password-modify operation (RFC 3062) with the old one and the new one: the server checks one and takes the other in
 * one step. */
enum exop_end exop_change(struct ldap *ld, const char *old, const char *new_password, int wait_ms, char why[CONNECT_WHY_SIZE]);

#endif
