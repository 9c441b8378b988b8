/*
 * The services that ask PAM: which there are, and what each would answer.
 */
#include "service.h"

#include <string.h>
#include <unistd.h>

#include "pam.h"
#include "pam_run.h"
#include "pam_stack.h"

#define PHASE(phase) (1U << (phase))
#define ALL                                                                                        \
    (PHASE(PHASE_AUTH) | PHASE(PHASE_ACCOUNT) | PHASE(PHASE_PASSWORD) | PHASE(PHASE_SESSION))
#define NO_CHANGE (ALL & ~PHASE(PHASE_PASSWORD))

/* Which phases each goes through: INTEGRATION's table of callers. sudo changes passwords by its own
 * stack, too. */
const struct pam_service pam_services[PAM_SERVICES] = {
    { "sshd", { "/usr/sbin/sshd", "/sbin/sshd" }, ALL, true },
    { "sudo", { "/usr/bin/sudo", "/bin/sudo" }, ALL, false },
    { "sudo-i", { "/usr/bin/sudo", "/bin/sudo" }, NO_CHANGE, false },
    { "su", { "/usr/bin/su", "/bin/su" }, ALL, false },
    { "su-l", { "/usr/bin/su", "/bin/su" }, NO_CHANGE, false },
    { "login", { "/usr/bin/login", "/bin/login" }, ALL, true },
    { "passwd", { "/usr/bin/passwd", "/bin/passwd" }, PHASE(PHASE_PASSWORD), false },
    { "cron",
      { "/usr/sbin/cron", "/usr/sbin/crond" },
      PHASE(PHASE_ACCOUNT) | PHASE(PHASE_SESSION),
      true },
    { "crond",
      { "/usr/sbin/crond", "/sbin/crond" },
      PHASE(PHASE_ACCOUNT) | PHASE(PHASE_SESSION),
      true },
    { "atd", { "/usr/sbin/atd", "/sbin/atd" }, PHASE(PHASE_ACCOUNT) | PHASE(PHASE_SESSION), true },
};

bool pam_service_is_installed(const struct pam_service *service)
{
    struct pam_stack stack;
    bool there = access(service->programs[0], X_OK) == 0 || access(service->programs[1], X_OK) == 0;

    if (!there)
        return false;
    there = pam_stack_read("", service->name, PHASE_AUTH, &stack) != PAM_READ_MISSING;
    pam_stack_free(&stack);
    return there;
}

static const struct pam_service *find_service(const char *name)
{
    for (size_t i = 0; i < PAM_SERVICES; i++)
        if (strcmp(pam_services[i].name, name) == 0)
            return &pam_services[i];
    return NULL;
}

bool way_is_installed(const char *service)
{
    const struct pam_service *found = find_service(service);

    return found != NULL && pam_service_is_installed(found);
}

bool way_asks_as_root(const char *service)
{
    const struct pam_service *found = find_service(service);

    return found != NULL && found->by_root;
}

int way_run(const char *service, int phase, const struct pam_answers *answers)
{
    struct pam_stack stack;
    int code = CODE_PERM_DENIED;

    if (pam_stack_read("", service, (enum pam_phase)phase, &stack) == PAM_READ_OK)
        code = (int)pam_stack_run(&stack, answers, NULL);
    pam_stack_free(&stack);
    return code;
}
