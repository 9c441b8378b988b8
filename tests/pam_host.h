/*
 * A host program of PAM for tests: one call of libpam in a process of its own, as real clients make
 * it, with the ids of root's, of a setuid and of an unprivileged program. In the unprivileged build
 * there is one kind of host only: the tree's owner stands for root.
 */
#ifndef CODER_PAM_HOST_H
#define CODER_PAM_HOST_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <sys/types.h>

enum host_entry { HOST_AUTH, HOST_ACCOUNT, HOST_CHAUTHTOK, HOST_OPEN, HOST_SETCRED, HOST_CLOSE };
enum host_kind { HOST_ROOT, HOST_SETUID, HOST_USER }; /* real/effective uid 0/0, u/0, u/u */

#define HOST_SERVICE "coder-test"
#define HOST_RHOST "192.0.2.1"

struct host_call {
    enum host_entry entry;
    enum host_kind kind;
    uid_t uid; /* u, of hosts other than ROOT */
    int flags; /* of libpam */
    const char *user;
    const char *rhost, *tty;   /* NULL: HOST_RHOST, none; an empty rhost is none, too */
    const char *ruser;         /* NULL: none */
    const char *answers[8];    /* to prompts, in order; no more of them: PAM_CONV_ERR */
    void (*before)(void);      /* in the host's process before pam_start; may be NULL */
    void (*after)(void);       /* and after pam_end */
};

struct host_seen {
    int code, prompts;
    char said[4096]; /* every message, a line each: P, V (prompts), E, I and ':' in front */
    char note[256];  /* what `before` or `after` found wrong, "" if nothing */
};

/* Writes the service's file; true when it could. host_close removes it. */
bool host_open(void);
void host_close(void);

/* True with the shipped objects in a private world: real ids and real NSS. */
bool host_is_world(void);

/* libpam's answer; -1 when the host's process did not end well. What was said stays in *ret until
 * the next call. */
int host_call(const struct host_call *call, const struct host_seen **ret);

/* The same for a process that makes its calls itself: it says by host_note what is wrong. False
 * when there is a note, or it did not end well. */
bool host_run(void (*body)(void), const struct host_seen **ret);

/* For `body`: starts a transaction with the conversation of
 * host_call and these answers, without delay after failures. NULL when libpam cannot. */
pam_handle_t *host_start(const char *user, const char *const *answers);

/* For `before`, `after` and `body`: the first note stays. */
void host_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
