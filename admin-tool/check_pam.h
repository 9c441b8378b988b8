/*
 * The services whose PAM stacks the doctor looks at.
 */
#ifndef CODER_CHECK_PAM_H
#define CODER_CHECK_PAM_H

#include <stdbool.h>

struct pam_service {
    const char *name;
    const char *programs[2]; /* either of them */
    unsigned phases;         /* a bit for each enum pam_phase it goes through */
};
enum { PAM_SERVICES = 10 };
extern const struct pam_service pam_services[PAM_SERVICES];

bool pam_service_is_installed(const struct pam_service *service);

#endif
