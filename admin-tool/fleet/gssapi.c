/*
 * libkrb5 asks the Kerberos server by itself, and for as long as it likes: that is done in a thread, which is left behind
 * when it is late. The process ends with its one request.
 */
#include "gssapi.h"

#include <ldap.h>
#include <pthread.h>
#include <sasl/sasl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct step {
    LDAP *ld;
    LDAPMessage *heard; /* what the server said before; NULL at first */
    const char *mechanism;
    int id, result;
};

/* In whose name beside one's own: nobody's. */
static int answer_nothing(LDAP *ld, unsigned flags, void *nothing, void *asked)
{
    (void)ld;
    (void)flags;
    (void)nothing;
    for (sasl_interact_t *one = asked; one->id != SASL_CB_LIST_END; one++) {
        one->result = "";
        one->len = 0;
    }
    return LDAP_SUCCESS;
}

static void *take_step(void *argument)
{
    struct step *step = argument;

    step->result = ldap_sasl_interactive_bind(step->ld, NULL, "GSSAPI", NULL, NULL, LDAP_SASL_QUIET, answer_nothing, NULL,
                                              step->heard, &step->mechanism, &step->id);
    return NULL;
}

/* What libraries do at an end would meet the thread. */
static void end_at_once(int status, void *nothing)
{
    (void)nothing;
    _exit(status);
}

/* False: it was not done in time, and goes on. */
static bool run_step(struct step *step, int wait_ms)
{
    struct timespec until;
    pthread_t thread;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    step->result = LDAP_NO_MEMORY;
    if (pthread_create(&thread, NULL, take_step, step) != 0 || pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) == 0)
        return true;
    on_exit(end_at_once, NULL);
    return false;
}

static bool hear(struct step *step)
{
    ldap_msgfree(step->heard);
    step->heard = NULL;
    if (step->result != LDAP_SASL_BIND_IN_PROGRESS)
        return false;
    if (ldap_result(step->ld, step->id, LDAP_MSG_ALL, NULL, &step->heard) > 0) /* waits for LDAP_OPT_TIMEOUT */
        return true;
    step->result = LDAP_TIMEOUT;
    return false;
}

/* The service's name is the URI's, as the certificate's is: no other name that its address has. */
static bool set_options(LDAP *ld)
{
    return ldap_set_option(ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_X_SASL_SECPROPS, "noanonymous,noplain,maxssf=0") == LDAP_OPT_SUCCESS;
}

int gssapi_bind(struct ldap *ld, int wait_ms, bool *ret_late)
{
    struct step *step = set_options(ld) ? calloc(1, sizeof *step) : NULL;
    int result;

    *ret_late = false;
    if (step == NULL)
        return LDAP_NO_MEMORY;
    step->ld = ld;
    do
        *ret_late = !run_step(step, wait_ms);
    while (!*ret_late && hear(step));
    if (*ret_late)
        return LDAP_TIMEOUT; /* the thread has the rest */
    result = step->result;
    free(step);
    return result;
}
