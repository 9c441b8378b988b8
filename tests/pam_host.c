/*
 * A host program of PAM for tests. What the host's process sees and says comes back through shared
 * memory, so that nothing of libpam is ever loaded twice or left over.
 */
#include "pam_host.h"

#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct host_seen *seen; /* shared with the host's process */
static char folder[] = "/tmp/coder-host.XXXXXX";

/* -- the service -------------------------------------------------------------------------- */

bool host_is_world(void)
{
    return getenv("CODER_PAM_MODULE") == NULL;
}

static void service_path(char *ret, size_t size)
{
    snprintf(ret, size, "%s/%s", folder, HOST_SERVICE);
}

bool host_open(void)
{
    const char *module = host_is_world() ? "pam_coder.so" : getenv("CODER_PAM_MODULE");
    char path[256];
    FILE *service;

    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seen == MAP_FAILED || mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
        return false;
    service_path(path, sizeof path);
    service = fopen(path, "w");
    if (service == NULL)
        return false;
    fprintf(service, "auth required %s\naccount required %s\npassword required %s\nsession required %s\n",
            module, module, module, module);
    return fclose(service) == 0;
}

void host_close(void)
{
    char path[256];

    service_path(path, sizeof path);
    unlink(path);
    rmdir(folder);
}

/* -- the host's process ------------------------------------------------------------------- */

void host_note(const char *format, ...)
{
    va_list list;

    if (seen->note[0] != '\0')
        return;
    va_start(list, format);
    vsnprintf(seen->note, sizeof seen->note, format, list);
    va_end(list);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
    static const char style[] = "?PVEI"; /* no-echo prompt, echo prompt, error, info */
    const char *const *answers = data;

    *responses = calloc((size_t)count, sizeof **responses);
    if (*responses == NULL)
        return PAM_BUF_ERR;
    for (int i = 0; i < count; i++) {
        size_t used = strlen(seen->said);
        int kind = messages[i]->msg_style;

        snprintf(seen->said + used, sizeof seen->said - used, "%c:%s\n", style[kind], messages[i]->msg);
        if (kind != PAM_PROMPT_ECHO_OFF && kind != PAM_PROMPT_ECHO_ON)
            continue;
        if (answers[seen->prompts] == NULL) {
            free(*responses);
            *responses = NULL;
            return PAM_CONV_ERR;
        }
        (*responses)[i].resp = strdup(answers[seen->prompts++]);
    }
    return PAM_SUCCESS;
}

static void no_delay(int code, unsigned usec, void *data)
{
    (void)code;
    (void)usec;
    (void)data;
}

pam_handle_t *host_start(const char *user, const char *const *answers)
{
    const struct pam_conv conversation = { converse, (void *)(uintptr_t)answers };
    pam_handle_t *pamh = NULL;

    if (pam_start_confdir(HOST_SERVICE, user, &conversation, folder, &pamh) != PAM_SUCCESS)
        return NULL;
    pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)no_delay);
    pam_set_item(pamh, PAM_RHOST, HOST_RHOST);
    return pamh;
}

static int enter(pam_handle_t *pamh, const struct host_call *call)
{
    switch (call->entry) {
    case HOST_AUTH:
        return pam_authenticate(pamh, call->flags);
    case HOST_ACCOUNT:
        return pam_acct_mgmt(pamh, call->flags);
    case HOST_CHAUTHTOK:
        return pam_chauthtok(pamh, call->flags);
    case HOST_OPEN:
        return pam_open_session(pamh, call->flags);
    case HOST_SETCRED:
        return pam_setcred(pamh, call->flags | (int)PAM_ESTABLISH_CRED);
    case HOST_CLOSE:
        return pam_close_session(pamh, call->flags);
    }
    return -1;
}

static bool take_ids(const struct host_call *call)
{
    switch (call->kind) {
    case HOST_ROOT:
        return true;
    case HOST_SETUID:
        return setresuid(call->uid, 0, 0) == 0;
    case HOST_USER:
        return setresgid(call->uid, call->uid, call->uid) == 0 &&
               setresuid(call->uid, call->uid, call->uid) == 0;
    }
    return false;
}

static void live(const struct host_call *call)
{
    pam_handle_t *pamh;

    if (!take_ids(call))
        _exit(1);
    if (call->before != NULL)
        call->before();
    pamh = host_start(call->user, call->answers);
    if (pamh == NULL)
        _exit(2);
    if (call->rhost != NULL)
        pam_set_item(pamh, PAM_RHOST, call->rhost);
    if (call->tty != NULL)
        pam_set_item(pamh, PAM_TTY, call->tty);
    if (call->ruser != NULL)
        pam_set_item(pamh, PAM_RUSER, call->ruser);
    seen->code = enter(pamh, call);
    pam_end(pamh, seen->code);
    if (call->after != NULL)
        call->after();
    _exit(0);
}

/* Waits for the child and notes how it ended, unless well. */
static bool ended_well(pid_t pid)
{
    int status = 0;

    if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
        return true;
    host_note("the host's process ended with status %#x", (unsigned)status);
    return false;
}

static pid_t fork_host(const struct host_seen **ret)
{
    memset(seen, 0, sizeof *seen);
    *ret = seen;
    fflush(NULL);
    return fork();
}

int host_call(const struct host_call *call, const struct host_seen **ret)
{
    pid_t pid = fork_host(ret);

    if (pid == 0)
        live(call);
    return ended_well(pid) ? seen->code : -1;
}

bool host_run(void (*body)(void), const struct host_seen **ret)
{
    pid_t pid = fork_host(ret);

    if (pid == 0) {
        body();
        _exit(0);
    }
    return ended_well(pid) && seen->note[0] == '\0';
}
