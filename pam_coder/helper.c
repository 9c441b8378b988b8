/*
 * coder_helper: who asks, may they, judge, answer, end. One request on descriptor 0, in a process
 * of its own, so that no host program and no user can reach the judging. What is no sound request
 * gets no answer; what is not for the asker to know gets "cannot say", before anything is opened.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/holder.h"
#include "sql/memory.h"
#include "inherited.h"
#include "judge.h"
#include "login_day.h"
#include "request.h"
#include "turn.h"

/* Behind the socket all users share the connections that systemd takes, and a request comes with its own. */
enum { REQUEST_MS = 5000, SOCKET_REQUEST_MS = 500, ANSWER_MS = 1000, LATE_WAIT_MS = 1000, LIFE_SECONDS = 20 };

/* The real uid says who asks; where that is root's (a root host, systemd's socket), its peer
 * does: a user who is one came by the socket. */
static bool identify(struct ucred *ret, bool *ret_by_socket)
{
    socklen_t size = sizeof *ret;

    if (getsockopt(0, SOL_SOCKET, SO_PEERCRED, ret, &size) != 0)
        return false;
    *ret_by_socket = getuid() == CODER_OWNER_UID && ret->uid != CODER_OWNER_UID;
    if (getuid() != CODER_OWNER_UID)
        ret->uid = getuid();
    return true;
}

/* Descriptor 0 is the request's socket; 1 and 2 exist, so that no file opened later is mistaken. */
static bool clean_descriptors(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    return null >= 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2 &&
           syscall(SYS_close_range, 3, ~0U, 0) == 0;
}

/* Root's programs ask anything; a user, whether a password is his and whether he may go on. */
static bool is_permitted(const struct request *request, uint32_t caller_uid)
{
    if (caller_uid == CODER_OWNER_UID)
        return true;
    return request->uid == caller_uid &&
           (request->kind == REQUEST_AUTHENTICATE || request->kind == REQUEST_ACCOUNT);
}

/* By the socket nobody waits for a turn: he would hold a connection that another could have. */
static void hear(const struct judge *judge, const struct ucred *peer, bool by_socket, const struct request *request,
                 struct answer *ret, struct login_day *ret_login)
{
    bool own = peer->uid != CODER_OWNER_UID && !by_socket && request->kind == REQUEST_AUTHENTICATE;
    int turn = own ? turn_wait(judge->run_dir, peer->uid) : -1;

    judge_request(judge, request, ret, ret_login);
    if (turn >= 0)
        close(turn);
}

/* peer: of a socketpair(2) it is who made it, the host. */
static void serve(const struct ucred *peer, bool by_socket, struct request *request)
{
    struct judge judge = {
        .private_dir = CODER_STATE_DIR "/private",
        .run_dir = CODER_RUN_DIR "/private",
        .caller_uid = peer->uid,
        .host = peer->uid == CODER_OWNER_UID ? peer->pid : 0,
    };
    struct login_day login = { 0 };
    struct answer answer;

    memset(&answer, 0, sizeof answer); /* its padding too: an unprivileged asker sees every octet */
    answer.size = sizeof answer;
    answer.verdict = VERDICT_UNUSABLE;
    if (peer->uid == CODER_OWNER_UID)
        judge.caller_uid = request->caller_uid; /* su's and sudo's word for who runs them */
    request_settle(request, peer->uid == CODER_OWNER_UID);
    if (is_permitted(request, peer->uid))
        hear(&judge, peer, by_socket, request, &answer, &login);
    packet_send(0, &answer, sizeof answer, packet_clock() + ANSWER_MS);
    explicit_bzero(request, sizeof *request); /* what is left may take a while */
    holder_set_patience(LATE_WAIT_MS);
    login_day_write(&judge, &login);
}

int main(void)
{
    static struct request request; /* one buffer, wiped below */
    struct ucred peer;
    ptrdiff_t got;
    int status = EXIT_FAILURE;
    bool by_socket;

    clearenv();
    if (geteuid() != CODER_OWNER_UID || !identify(&peer, &by_socket) || !inherited_reset(INHERITED_NOTHING) ||
        !clean_descriptors() || !memory_wipe_freed() || !memory_of_one_thread())
        return status;
    signal(SIGPIPE, SIG_IGN); /* an asker who went away is told by send() */
    alarm(LIFE_SECONDS);
    openlog("coder_helper", LOG_PID, LOG_AUTHPRIV);
    got = packet_receive(0, &request, sizeof request, packet_clock() + (by_socket ? SOCKET_REQUEST_MS : REQUEST_MS));
    if (got >= 0 && request_is_sound(&request, (size_t)got)) {
        serve(&peer, by_socket, &request);
        status = EXIT_SUCCESS;
    }
    explicit_bzero(&request, sizeof request);
    return status;
}
