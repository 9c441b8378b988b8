/*
 * PAM seen by the doctor. Each stack is run on paper with our module's answers: does a yes let in,
 * does a no keep out, are local users left alone. One finding for each fault, with the services
 * that have it.
 */
#include "pam.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "finding.h"
#include "pam_run.h"
#include "pam_stack.h"
#include "service.h"
#include "trials.h"

#define UPDATE "pam-auth-update --package --force --enable coder coder-password coder-session"

static const char *const phase_names[PHASES] = { "auth", "account", "password", "session" };

enum { NAMES_SIZE = 160 };

/* Which services a fault was found in, and the stack of the first. */
struct tally {
    char services[PAM_TRIALS][NAMES_SIZE];
    bool shared[PAM_TRIALS]; /* the common file itself has the fault */
};

static void append(char ret[NAMES_SIZE], const char *name)
{
    size_t used = strlen(ret);

    snprintf(ret + used, NAMES_SIZE - used, "%s%s", used > 0 ? "," : "", name);
}

/* Debian's file for the phase: does it pass what the service's own does not? */
static bool is_common_at_fault(const struct trial *trial, bool by_root)
{
    struct pam_stack stack;
    char name[32];
    bool faulty;

    snprintf(name, sizeof name, "common-%s", phase_names[trial->phase]);
    faulty = pam_stack_read("", name, trial->phase, &stack) != PAM_READ_OK || stack.borrowed ||
             !pam_trial_is_granted(trial, &stack, by_root);
    pam_stack_free(&stack);
    return faulty;
}

/* -- one service -------------------------------------------------------------------------- */

static void report_broken(struct doctor *doctor, const char *service, const char *fault)
{
    check_report(doctor, SEVERITY_PROBLEM, "pam-broken", service, fault,
                 "libpam refuses everybody where it does not understand a line",
                 "mend that file; its manual is pam.d(5)");
}

static void report_module(struct doctor *doctor, const char *path, const char *what)
{
    check_report(doctor, SEVERITY_PROBLEM, "pam-module", path, what,
                 "our users are refused everywhere, or somebody else's code judges them",
                 "install the package again");
}

static void check_module(struct doctor *doctor, const char *module)
{
    char path[512], what[CHECK_TEXT_SIZE];
    struct stat st;

    snprintf(path, sizeof path, "%s%s", module[0] == '/' ? "" : CODER_SECURITY_DIR "/", module);
    if (stat(path, &st) != 0)
        report_module(doctor, path, "the module is not there");
    else if (!S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & 022) != 0)
        report_module(doctor, path, check_text(what, "owner %u, mode %04o: others may change it",
                                               st.st_uid, st.st_mode & 07777));
}

static void check_phase(struct doctor *doctor, const struct pam_service *service,
                        enum pam_phase phase, const struct pam_stack *stack, struct tally *tally)
{
    for (size_t i = 0; i < PAM_TRIALS; i++) {
        if (pam_trials[i].phase != phase ||
            pam_trial_is_granted(&pam_trials[i], stack, service->by_root))
            continue;
        append(tally->services[i], service->name);
        tally->shared[i] = tally->shared[i] || is_common_at_fault(&pam_trials[i], service->by_root);
        return;
    }
    if (stack->borrowed && phase == PHASE_ACCOUNT)
        check_report(doctor, SEVERITY_WARNING, "pam-borrowed", service->name,
                     "it has no account phase of its own; /etc/pam.d/other stands in",
                     "whoever changes that file changes who gets in here",
                     "see /etc/pam.d/other, or add '@include common-account'");
}

static void check_service(struct doctor *doctor, const struct pam_service *service,
                          struct tally *tally, char module[PAM_MODULE_SIZE])
{
    for (int phase = 0; phase < PHASES; phase++) {
        const struct pam_line *line;
        struct pam_stack stack;
        enum pam_read result;

        if ((service->phases & (1U << phase)) == 0)
            continue;
        result = pam_stack_read("", service->name, (enum pam_phase)phase, &stack);
        line = pam_stack_find(&stack, "pam_coder.so");
        if (line != NULL)
            memcpy(module, line->module, PAM_MODULE_SIZE);
        if (result == PAM_READ_BROKEN)
            report_broken(doctor, service->name, stack.fault);
        else if (result == PAM_READ_NO_MEMORY)
            doctor->incomplete = true;
        else if (result == PAM_READ_OK)
            check_phase(doctor, service, (enum pam_phase)phase, &stack, tally);
        pam_stack_free(&stack);
        if (result != PAM_READ_OK)
            return;
    }
}

/* -- all of them -------------------------------------------------------------------------- */

static void report_trial(struct doctor *doctor, const struct trial *trial, const char *services,
                         bool shared)
{
    char mend[CHECK_TEXT_SIZE];

    if (trial->answers.others == OTHERS_REFUSE)
        check_text(mend, "take the line that says yes without a password out of /etc/pam.d/%s%s%s",
                   shared ? "common-auth; or if no profile is left there, run: " : "{",
                   shared ? UPDATE : services, shared ? "" : "}");
    else if (shared)
        check_text(mend, UPDATE);
    else if (trial->wish == WISH_ASKED && strchr(services, ',') == NULL)
        check_text(mend, "echo '@include common-%s' >>/etc/pam.d/%s", phase_names[trial->phase],
                   services);
    else
        check_text(mend, "put '@include common-%s' in the place of the lines that answer first, in "
                   "/etc/pam.d/{%s}", phase_names[trial->phase], services);
    check_report(doctor, trial->severity, trial->check, services, trial->what, trial->why, mend);
}

void check_pam(struct doctor *doctor)
{
    struct tally tally = { 0 };
    char module[PAM_MODULE_SIZE] = "";

    for (size_t i = 0; i < PAM_SERVICES; i++)
        if (pam_service_is_installed(&pam_services[i]))
            check_service(doctor, &pam_services[i], &tally, module);
    for (size_t i = 0; i < PAM_TRIALS; i++)
        if (tally.services[i][0] != '\0')
            report_trial(doctor, &pam_trials[i], tally.services[i], tally.shared[i]);
    check_module(doctor, module[0] != '\0' ? module : "pam_coder.so");
}
