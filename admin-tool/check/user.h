/*
 * One user: the ways in, and what stands in them.
 */
#ifndef CODER_CHECK_USER_H
#define CODER_CHECK_USER_H

#include "sql/account.h"
#include "finding.h"

/* check NAME: the ways in, and what stands in them. */
void check_user(struct doctor *doctor);

/* Of an Admin, when no NAME was given: can he meet sshd's AuthenticationMethods? */
void check_admin_methods(struct doctor *doctor, const struct account *account);

#endif
