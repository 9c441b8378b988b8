/*
 * Login shells.
 */
#ifndef CODER_HOST_SHELL_H
#define CODER_HOST_SHELL_H

const char *host_default_shell(void);
/* nologin(8), of service accounts. */
const char *host_no_shell(void);

/* A path of a program that can be run. NULL if fine, else what is wrong. */
const char *host_shell_fault(const char *shell);

#endif
