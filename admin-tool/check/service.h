/*
 * One service's stacks, run on paper.
 */
#ifndef CODER_CHECK_SERVICE_H
#define CODER_CHECK_SERVICE_H

#include <stdbool.h>

#include "pam.h"

bool pam_service_is_installed(const struct pam_service *service);

struct pam_answers;

/* What libpam would answer for one phase of a service; a service it cannot read refuses. */
int way_run(const char *service, int phase, const struct pam_answers *answers);

/* Is the program there that asks PAM under this service name? */
bool way_is_installed(const char *service);

/* Does it ask as root, whoever its user is (pam_rootok)? */
bool way_asks_as_root(const char *service);

#endif
