/*
 * The bind of an administrator who has a ticket (RFC 4752): by libsasl2's module, where it is installed.
 */
#ifndef CODER_FLEET_GSSAPI_H
#define CODER_FLEET_GSSAPI_H

#include <stdbool.h>

struct ldap; /* ldap.h's LDAP */

/* The result of RFC 4511, or a negative one of libldap's; the ticket is where KRB5CCNAME says. Under TLS, to which it adds
 * no layer. Each step of it ends within wait_ms; *ret_late: the Kerberos server had not answered by then, and the
 * connection is not to be used or closed any more. */
int gssapi_bind(struct ldap *ld, int wait_ms, bool *ret_late);

#endif
