/*
 * One user before the doctor: what check_user.c finds out and check_ways.c judges by.
 */
#ifndef CODER_CHECK_VISIT_H
#define CODER_CHECK_VISIT_H

#include <stdbool.h>

#include "sql/account.h"
#include "finding.h"
#include "pam_stack.h"
#include "sshd_settings.h"

/* What is known of one user. */
struct visit {
    struct doctor *doctor;
    const struct account *account;
    enum verdict verdict;
    struct pam_answers answers;
    struct sshd_settings sshd;
    bool has_sshd, local, runs_shell, no_session;
    bool has_keys;        /* in files that sshd looks into */
    bool has_account_keys; /* in the store */
    bool methods_unmet;    /* AuthenticationMethods asks for what the user has not */
    int sshd_refusal;
    const char *keys_why; /* why no key works, "" */
};

#endif
