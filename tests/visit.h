/*
 * Somebody comes to coder_helper by himself, without the PAM module: what a hostile caller does.
 */
#ifndef CODER_VISIT_H
#define CODER_VISIT_H

#include <sys/types.h>

#include "pam_coder/request.h"

enum visit_way { VISIT_EXEC, VISIT_SOCKET };

enum { VISIT_NOT_SET = 97 };
#define VISIT_SILENT SIZE_MAX /* as size: nothing is sent, the connection stays open */

struct visit {
    enum visit_way way;
    uid_t uid;             /* of the caller, real and effective; 0 in the unprivileged build: himself */
    int type;              /* EXEC: of the socket on descriptor 0; 0: SOCK_SEQPACKET */
    /* EXEC: in the caller's process before it executes the helper, which it does not when this is
     * false, but exits with VISIT_NOT_SET; may be NULL */
    bool (*hostile)(void);
    char *const *argv, *const *environment; /* EXEC: NULL for plain ones */
};

struct visitor {
    int fd;    /* the caller's end */
    pid_t pid; /* EXEC: the helper, else 0 */
};

/* An empty store but for the caller's account, named "caller". */
enum { VISIT_CALLER = 70100 };
#define VISIT_RIGHT "plain-horse-9-lantern"
void visit_setup(void);

/* A sound request about this user and password, and about the caller himself. */
struct request visit_own(enum request_kind kind, const char *password);
struct request visit_request(enum request_kind kind, const char *user, uint32_t uid, const char *password);

/* Come, and send `size` octets of the packet. Fails the test when it cannot. */
struct visitor visit_begin(const struct visit *visit, const void *packet, size_t size);

/* True with a sound answer within the milliseconds; *ret is written then only. */
bool visit_answer(const struct visitor *visitor, int milliseconds, struct answer *ret);

/* Hang up and wait; how the helper ended (waitpid(2)), 0 for SOCKET. */
int visit_end(struct visitor *visitor);

/* All of it: true when answered within 8 s. Without an answer the helper must have exited with a
 * failure, by itself, not by a signal. */
bool visit(const struct visit *visit, const void *packet, size_t size, struct answer *ret);

/* What systemd does for the socket unit: listens on CODER_RUN_DIR/helper.sock with these ids and
 * gives every connection a helper of its own. Ended by visit_unserve. */
pid_t visit_serve(uid_t uid);
void visit_unserve(pid_t server);

#endif
