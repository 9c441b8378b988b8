/*
 * By what an administrator proves to the fleet who he is: a certificate with its key, a ticket of Kerberos, or a name and a
 * password. It is asked for once, sent, and kept nowhere.
 */
#ifndef CODER_CHANGE_FLEET_IDENTITY_H
#define CODER_CHANGE_FLEET_IDENTITY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "terminal/command.h"
#include "fleet_request.h"

enum { FLEET_ADMIN_SIZE = 65, FLEET_SECRET_SIZE = 64 * 1024 };

/* Begins as zeros; for fleet_identity_forget, which wipes it. */
struct fleet_identity {
    char name[FLEET_ADMIN_SIZE]; /* "": a certificate, or a ticket ... */
    bool is_ticket;
    char path[PATH_MAX];         /* ... of this file */
    char *secret;                /* FLEET_SECRET_SIZE octets */
    size_t length;
};

/*
 * The one of --identity: a FILE (with a slash, or .pem at its end), the word gssapi, or a NAME, whose password the terminal
 * is asked for. A ticket lies in the file that KRB5CCNAME names, else in krb5cc_UID of whoever does this. Without the option:
 * .coder-fleet.pem in his home; else a ticket, where there is one to be used; else the terminal is asked for a name. GO_ON;
 * or said and IDENTITY: there is none, or a file that is not his own and his alone, or a link.
 */
enum status fleet_identity_find(const struct tool *tool, struct fleet_identity *ret);

/* The beginning of a request. */
void fleet_identity_add(const struct fleet_identity *identity, struct fleet_request *request);

void fleet_identity_forget(struct fleet_identity *identity);

#endif
