/*
 * Visits to coder_helper: by executing it, as anybody may, and by the socket.
 */
#include "visit.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_coder/request.h"
#include "sql/account.h"
#include "fixture.h"

#define SOCKET_PATH CODER_RUN_DIR "/helper.sock"

enum { PATIENCE_MS = 8000 };

struct request visit_request(enum request_kind kind, const char *user, uint32_t uid, const char *password)
{
    struct request request = { .size = sizeof request, .kind = kind, .uid = uid };

    snprintf(request.user, sizeof request.user, "%s", user);
    snprintf(request.service, sizeof request.service, "visit");
    snprintf(request.password, sizeof request.password, "%s", password);
    return request;
}

void visit_setup(void)
{
    struct account caller = fixture_account("caller", VISIT_CALLER);

    fixture_reset();
    fixture_add(&caller, VISIT_RIGHT);
}

struct request visit_own(enum request_kind kind, const char *password)
{
    return visit_request(kind, "caller", VISIT_CALLER, password);
}

/* Dumpable, as after an execve(2) of his own: so that his files in /proc are his. */
static bool become(uid_t uid)
{
    return uid == 0 || (setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0 &&
                        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
}

static void execute(const struct visit *visit, int sock)
{
    static char *const argv[] = { (char *)"coder_helper", NULL };
    static char *const environment[] = { NULL };

    /* the dynamic loader has complaints of its own about what follows */
    if (dup2(sock, 0) != 0 || dup2(open("/dev/null", O_WRONLY), 2) != 2 || !become(visit->uid))
        _exit(99);
    if (visit->hostile != NULL && !visit->hostile())
        _exit(VISIT_NOT_SET);
    execve(CODER_HELPER, visit->argv != NULL ? visit->argv : argv,
           visit->environment != NULL ? visit->environment : environment);
    _exit(98);
}

static struct visitor begin_by_exec(const struct visit *visit)
{
    int type = visit->type != 0 ? visit->type : SOCK_SEQPACKET;
    struct visitor visitor;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair), 0);
    fflush(NULL);
    visitor.pid = fork();
    if (visitor.pid == 0)
        execute(visit, pair[1]);
    close(pair[1]);
    visitor.fd = pair[0];
    return visitor;
}

static int connect_socket(void)
{
    const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

/* The peer's credentials are taken at connect: so a process of that user connects and hands it over. */
static struct visitor begin_by_socket(const struct visit *visit)
{
    struct visitor visitor = { .fd = -1 };

    assert_int_equal(seteuid(visit->uid), 0);
    visitor.fd = connect_socket();
    assert_int_equal(seteuid(0), 0);
    assert_true(visitor.fd >= 0);
    return visitor;
}

struct visitor visit_begin(const struct visit *visit, const void *packet, size_t size)
{
    struct visitor visitor =
        visit->way == VISIT_EXEC ? begin_by_exec(visit) : begin_by_socket(visit);

    if (size != VISIT_SILENT) /* the helper may have gone already */
        (void)send(visitor.fd, packet, size, MSG_NOSIGNAL);
    return visitor;
}

bool visit_answer(const struct visitor *visitor, int milliseconds, struct answer *ret)
{
    struct answer answer;
    ptrdiff_t got = packet_receive(visitor->fd, &answer, sizeof answer, packet_clock() + milliseconds);

    if (got < 0 || !answer_is_sound(&answer, (size_t)got))
        return false;
    *ret = answer;
    return true;
}

int visit_end(struct visitor *visitor)
{
    int status = 0;

    close(visitor->fd);
    if (visitor->pid > 0)
        assert_int_equal(waitpid(visitor->pid, &status, 0), visitor->pid);
    return status;
}

bool visit(const struct visit *visit, const void *packet, size_t size, struct answer *ret)
{
    struct visitor visitor = visit_begin(visit, packet, size);
    bool answered = visit_answer(&visitor, PATIENCE_MS, ret);
    int status = visit_end(&visitor);

    if (visit->way == VISIT_EXEC)
        assert_true(answered ? status == 0 : WIFEXITED(status) && WEXITSTATUS(status) != 0);
    return answered;
}

/* -- the socket --------------------------------------------------------------------------- */

static void serve(int listener)
{
    static char *const argv[] = { (char *)"coder_helper", NULL };
    static char *const environment[] = { NULL };

    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0 && errno != EINTR && errno != ECONNABORTED)
            _exit(1);
        if (fd >= 0 && fork() == 0) {
            dup2(fd, 0);
            signal(SIGCHLD, SIG_DFL);
            execve(CODER_HELPER, argv, environment);
            _exit(1);
        }
        close(fd);
    }
}

pid_t visit_serve(uid_t uid)
{
    const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    pid_t pid;

    mkdir(CODER_RUN_DIR, 0755);
    chmod(CODER_RUN_DIR, 0755);
    unlink(SOCKET_PATH);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(chmod(SOCKET_PATH, 0666), 0);
    assert_int_equal(seteuid(uid), 0); /* a listener's credentials are those at listen(2) */
    assert_int_equal(listen(listener, 128), 0);
    assert_int_equal(seteuid(0), 0);
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        serve(listener);
    close(listener);
    return pid;
}

void visit_unserve(pid_t server)
{
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    unlink(SOCKET_PATH);
}
