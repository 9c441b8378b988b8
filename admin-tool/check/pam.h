/*
 * The services whose PAM stacks the doctor looks at, and what it asks of them.
 */
#ifndef CODER_CHECK_PAM_H
#define CODER_CHECK_PAM_H

#include "doctor.h"
#include "pam_stack.h"

struct pam_service {
    const char *name;
    const char *programs[2]; /* either of them */
    unsigned phases;         /* a bit for each enum pam_phase it goes through */
    bool by_root;            /* it asks as root, whoever its user is */
};
enum { PAM_SERVICES = 10 };
extern const struct pam_service pam_services[PAM_SERVICES];

bool pam_service_is_installed(const struct pam_service *service);

/* -- check_trials.c ------------------------------------------------------------------------ */

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
