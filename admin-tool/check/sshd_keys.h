/*
 * The ssh keys of accounts seen by the doctor: whether sshd asks for them.
 */
#ifndef CODER_CHECK_SSHD_KEYS_H
#define CODER_CHECK_SSHD_KEYS_H

#include <stdbool.h>

#include "sql/account.h"
#include "finding.h"
#include "sshd_settings.h"

/* Reports what keeps keys of accounts, or of the one account, from letting anybody in. */
void check_sshd_keys(struct doctor *doctor, const struct sshd_settings *settings);

/* Has the account keys in the store? */
bool check_has_keys(const struct doctor *doctor, const struct account *account);

#endif
