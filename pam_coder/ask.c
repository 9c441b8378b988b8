/*
 * Asking coder_helper from a host that is not ours: it may have threads, handlers, closed
 * descriptors and odd limits. So the child makes system calls only, and the parent waits by pidfd
 * for a child whose end raises no signal. That child executes nothing: execve(2) would make SIGCHLD
 * its signal again.
 */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "inherited.h"
#include "request.h"

enum { ANSWER_MS = 20000, PARTING_MS = 1000, PATIENCE_MS = 5000, AGAIN_MS = 10 };

/* -- the child ---------------------------------------------------------------------------- */

/* By system call: glibc's functions would signal the host's other threads, which are not here. Only what is not so: who
 * has no CAP_SETUID or CAP_SETGID by AppArmor's rules is logged for trying. */
static void become_root(void)
{
    uid_t uid[3];
    gid_t gid[3];

    if (getgroups(0, NULL) != 0)
        syscall(SYS_setgroups, 0, NULL);
    if (getresgid(&gid[0], &gid[1], &gid[2]) != 0 || (gid[0] | gid[1] | gid[2]) != 0)
        syscall(SYS_setresgid, 0, 0, 0);
    if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 || (uid[0] | uid[1] | uid[2]) != 0)
        syscall(SYS_setresuid, 0, 0, 0);
}

/* The host may have left 0-2 closed, and have no other descriptor free. */
static bool place_descriptors(int sock)
{
    return dup2(sock, 0) == 0 && fcntl(0, F_SETFD, 0) == 0 && syscall(SYS_close_range, 1, ~0U, 0) == 0 &&
           open("/dev/null", O_RDWR) == 1 && dup2(1, 2) == 2;
}

/* In place of an answer, why there will be none: an errno, which has no answer's size. What was asked is taken
 * off the socket first: left there it would reach the host as ECONNRESET, before our word (unix(7)). */
static void tell_error(int error)
{
    char first;

    recv(0, &first, sizeof first, 0);
    send(0, &error, sizeof error, MSG_NOSIGNAL);
}

/* In a process of its own below the child, which waits for it and holds nothing of the host's. The child does nothing
 * meanwhile, so its memory, a copy of the host's already, is not copied again; but where a filter has no vfork. */
static void execute_helper(void)
{
    static char *const argv[] = { (char *)"coder_helper", NULL };
    static char *const environment[] = { NULL };
    pid_t pid = vfork();

    if (pid < 0)
        pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        /* NOLINTBEGIN(clang-analyzer-unix.Vfork): both are system calls alone */
        inherited_drop_context();
        execve(CODER_HELPER, argv, environment);
        tell_error(errno);
        /* NOLINTEND(clang-analyzer-unix.Vfork) */
        _exit(127);
    }
    if (pid < 0)
        tell_error(errno);
    close(0);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* Every signal stays blocked, as spawn() has it: the helper resets what it inherits. */
static void run_helper(int sock)
{
    setsid();
    if (geteuid() == 0) {
        become_root();
        inherited_let_execute();
    }
    if (place_descriptors(sock))
        execute_helper();
    _exit(0);
}

/* -- the host ----------------------------------------------------------------------------- */

/* fork without SIGCHLD at the end and with a pidfd. The old clone(2), as services whose filter has
 * no clone3 must work too; -1 on failure. */
static pid_t fork_quietly(int *ret_pidfd)
{
    return (pid_t)syscall(SYS_clone, CLONE_PIDFD, NULL, ret_pidfd, NULL, NULL);
}

static int spawn(int sock)
{
    sigset_t all, before;
    int pidfd = -1;
    pid_t pid;

    sigfillset(&all); /* no handler of the host may run in the child */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = fork_quietly(&pidfd);
    if (pid == 0)
        run_helper(sock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid > 0 ? pidfd : -1;
}

/* Having answered or lost its peer it ends by itself, its own child reaped; else whatever state it
 * is in. The wait is for a child that never signals: __WALL (waitid(2)). */
static void end_child(int pidfd)
{
    struct pollfd end = { .fd = pidfd, .events = POLLIN };
    siginfo_t info;

    poll(&end, 1, PARTING_MS);
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | __WALL) != 0 && errno == EINTR)
        ;
    close(pidfd);
}

/* ret_error: set only where there is the child's word instead of an answer. */
static bool converse(int fd, const struct request *request, struct answer *ret, int *ret_error)
{
    int64_t deadline = packet_clock() + ANSWER_MS;
    struct answer answer;
    ptrdiff_t got;

    if (!packet_send(fd, request, sizeof *request, deadline))
        return false;
    got = packet_receive(fd, &answer, sizeof answer, deadline);
    if (got == sizeof *ret_error)
        memcpy(ret_error, &answer, sizeof *ret_error);
    if (got < 0 || !answer_is_sound(&answer, (size_t)got))
        return false;
    *ret = answer;
    return true;
}

/* ret_error: why the helper could not be executed, 0 where it was. */
static bool ask_by_exec(const struct request *request, struct answer *ret, int *ret_error)
{
    bool answered = false;
    int pair[2], pidfd;

    *ret_error = 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        *ret_error = errno;
        return false;
    }
    pidfd = spawn(pair[1]);
    if (pidfd < 0)
        *ret_error = errno;
    close(pair[1]);
    if (pidfd >= 0)
        answered = converse(pair[0], request, ret, ret_error);
    close(pair[0]);
    if (pidfd >= 0)
        end_child(pidfd);
    return answered;
}

/* The socket is systemd's or an attacker's: only a root peer is asked. */
static bool is_root_peer(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.uid == CODER_OWNER_UID;
}

static bool try_socket(const struct request *request, struct answer *ret)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX,
                                   .sun_path = CODER_RUN_DIR "/helper.sock" };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error, unused;
    bool answered;

    if (fd < 0)
        return false;
    errno = 0;
    answered = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
               is_root_peer(fd) && converse(fd, request, ret, &unused);
    error = errno;
    close(fd);
    errno = error;
    return answered;
}

/* Nobody has read the request (unix(7)), so asking again is no second attempt: systemd took no more
 * connections, or the helper behind one did not wait for us. */
static bool is_unread(void)
{
    return errno == EAGAIN || errno == EPIPE || errno == ECONNRESET;
}

/* All users share the socket; who takes all of it loses each connection half a second later. */
static bool try_socket_again(const struct request *request, struct answer *ret)
{
    static const struct timespec pause = { .tv_nsec = AGAIN_MS * 1000000L };
    int64_t deadline = packet_clock() + PATIENCE_MS;
    bool answered = false, unread = true;

    while (!answered && unread && packet_clock() < deadline) {
        nanosleep(&pause, NULL);
        answered = try_socket(request, ret);
        unread = !answered && is_unread();
    }
    return answered;
}

bool ask_helper(const struct request *request, struct answer *ret)
{
    bool unread = false, answered;
    int error;

    if (geteuid() != 0) {
        if (try_socket(request, ret))
            return true;
        unread = is_unread();
    }
    /* where it gives no privilege, the socket is all there is */
    answered = ask_by_exec(request, ret, &error) || (unread && try_socket_again(request, ret));
    errno = error;
    return answered;
}
