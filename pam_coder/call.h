/*
 * One call of one of the module's entry points.
 */
#ifndef CODER_CALL_H
#define CODER_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "options.h"
#include "request.h"

/* UNCLEAR: the directory cannot be read; call_begin resolves it. */
enum owner { OWNER_OURS, OWNER_OTHERS, OWNER_NOBODY, OWNER_UNCLEAR };

struct call {
    pam_handle_t *pamh;
    struct options options;
    bool silent; /* PAM_SILENT by another user's program (PAM_RUSER: sudo, not a hushed login) */
    const char *user;
    uint32_t uid;     /* by NSS, or REQUEST_NO_UID */
    enum owner owner; /* by NSS and the public directory */
};

/* Read arguments and user. SUCCESS for our users and for names nobody has (owner says which); for
 * another source's user, or no name at all, USER_UNKNOWN, before anything is asked. */
int call_begin(pam_handle_t *pamh, int flags, int argc, const char **argv, struct call *ret);

/*
 * Ask the helper. No answer, or one from an unusable store, is UNUSABLE for our users by the public
 * directory; for all others it is as if the module were not there (DESIGN D14). Passwords may be
 * NULL; no copy is left behind. *ret is always filled.
 */
enum verdict call_ask(const struct call *call, enum request_kind kind, const char *password,
                      const char *new_password, struct answer *ret);

/* The text of a PAM item, "" if it is not set. Libpam's own, for the time of the call. */
const char *call_item(const struct call *call, int item);

#endif
