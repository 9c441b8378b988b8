/*
 * What the doctor asks of each PAM stack.
 */
#ifndef CODER_CHECK_TRIALS_H
#define CODER_CHECK_TRIALS_H

#include <stdbool.h>

#include "finding.h"
#include "pam_stack.h"

enum wish { WISH_ASKED, WISH_PASS, WISH_REFUSE, WISH_CHANGE, WISH_NOT_ASKED };

/* One question to a stack; the first of a phase that is answered wrong is said. */
struct trial {
    const char *check;
    enum pam_phase phase;
    struct pam_answers answers;
    enum wish wish;
    enum severity severity;
    const char *what, *why;
};
enum { PAM_TRIALS = 22 };
extern const struct trial pam_trials[PAM_TRIALS];

/* by_root: as in struct pam_answers. */
bool pam_trial_is_granted(const struct trial *trial, const struct pam_stack *stack, bool by_root);

#endif
