/*
 * The services whose PAM stacks the doctor looks at, and what it asks of them.
 */
#ifndef CODER_CHECK_PAM_H
#define CODER_CHECK_PAM_H

#include <stdbool.h>

#include "finding.h"

struct pam_service {
    const char *name;
    const char *programs[2]; /* either of them */
    unsigned phases;         /* a bit for each enum pam_phase it goes through */
    bool by_root;            /* it asks as root, whoever its user is */
};
enum { PAM_SERVICES = 10 };
extern const struct pam_service pam_services[PAM_SERVICES];

void check_pam(struct doctor *doctor);       /* check_pam.c: every service's stack */

#endif
