/*
 * Login shells.
 */
#ifndef CODER_HOST_SHELL_H
#define CODER_HOST_SHELL_H

#include "sql/policy.h"

/* Policy's, or else bash where there is one. It is policy's memory. */
const char *host_default_shell(const struct policy *policy);
/* nologin(8), of service accounts. */
const char *host_no_shell(void);

/* A path of a program that can be run. NULL if fine, else what is wrong. */
const char *host_shell_fault(const char *shell);

#endif
