/*
 * What a user is told when a session begins: the last login, the failures since, and that the password soon is too old.
 */
#ifndef CODER_PAST_H
#define CODER_PAST_H

#include <security/pam_modules.h>

#include "request.h"

/* The lines for what the answer to REQUEST_SESSION holds, by pam_info; none where there is
 * nothing. */
void past_tell(pam_handle_t *pamh, const struct answer *answer);

/* pam_unix's words, where the password becomes too old within policy's password_warn_days. */
void past_warn(pam_handle_t *pamh, const struct answer *answer);

#endif
