/*
 * Sshd's settings as it sees them itself.
 */
#ifndef CODER_CHECK_SSHD_H
#define CODER_CHECK_SSHD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "finding.h"
#include "sshd_settings.h"

void check_sshd(struct doctor *doctor);      /* check_sshd.c: its settings as it sees them itself */

/* For one user, as from elsewhere (RFC 5737's network); NULL: nobody. False when there is no sshd
 * or it does not take its configuration; *ret_installed tells which. */
bool sshd_ask(const char *username, struct sshd_settings *ret, bool *ret_installed);

/* The names of a user's groups by NSS, each with a blank behind it. */
void check_group_names(const char *username, gid_t gid, char *ret, size_t size);

#endif
