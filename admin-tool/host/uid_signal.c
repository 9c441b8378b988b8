/*
 * A signal to everybody of a uid. Whoever forks faster than /proc is read outlives any sweep of it;
 * the kernel's own walk he does not. So a child takes the victim's uid as its effective one and says
 * kill(-1): the kernel holds its list of processes meanwhile, and a fork that is under way takes the
 * signal along.
 *
 * kill(2) hits whose real or saved uid is the sender's real or effective one. So the child's real uid
 * must be nobody's, and never root's; and as its saved one is nobody's, too, the victim can neither
 * signal nor trace it, nor set its limits. He may slow it down, so it is given a few seconds.
 */
#include "uid_signal.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "login_defs.h"

enum { TRIES = 64, RESERVED = 2, WAIT_MS = 5000 };

/* -- an id that is nobody's --------------------------------------------------------------- */

/* The last id that can be had here: lines "INSIDE OUTSIDE COUNT" of user_namespaces(7); 0 if that is
 * unknown. */
static uint32_t last_id(void)
{
    FILE *map = fopen("/proc/self/uid_map", "re");
    char line[128], *end;
    uint64_t last = 0;

    if (map == NULL)
        return 0;
    while (fgets(line, sizeof line, map) != NULL) {
        uint64_t inside = strtoul(line, &end, 10), count;

        strtoul(end, &end, 10);
        count = strtoul(end, NULL, 10);
        if (inside + count > last + 1)
            last = inside + count - 1;
    }
    fclose(map);
    return (uint32_t)last;
}

/* The file itself, not NSS: a source that hangs must not hold this up. */
static bool is_local(uint32_t uid)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *user;
    bool found = false;

    while (file != NULL && !found && (user = fgetpwent(file)) != NULL)
        found = user->pw_uid == uid;
    if (file != NULL)
        fclose(file);
    return found;
}

/* getpriority(2) says ESRCH when no process has it as its real uid. */
static bool is_running(uint32_t uid)
{
    errno = 0;
    getpriority(PRIO_USER, uid);
    return errno != ESRCH;
}

static bool is_among(const uint32_t *uids, size_t count, uint32_t uid)
{
    for (size_t i = 0; i < count; i++)
        if (uids[i] == uid)
            return true;
    return false;
}

/* From the top downwards, where nobody gives ids out (systemd's UIDS-GIDS, nor container tools); the
 * last two stand for "none" and "nobody" in many programs, with 16 bits as with 32. */
static bool find_nobody(const uint32_t *uids, size_t count, uint32_t *ret)
{
    uint32_t last = last_id();

    for (uint32_t i = RESERVED; i < RESERVED + TRIES && last > 1000 + i; i++) {
        uint32_t id = last - i;

        if (is_among(uids, count, id) || is_running(id) || is_local(id) || host_uid_is_subordinate(id))
            continue;
        *ret = id;
        return true;
    }
    return false;
}

/* -- the child ---------------------------------------------------------------------------- */

/* Without a terminal, whose signals ask for no permission. Only who may not signal root's, the parent,
 * goes on: what the process was started with (capabilities(7), securebits) could have left it more. */
static bool become(uint32_t uid, uint32_t nobody)
{
    return setsid() != -1 && setgroups(0, NULL) == 0 && setresgid(nobody, nobody, nobody) == 0 &&
           setresuid(nobody, uid, nobody) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           kill(getppid(), 0) == -1 && errno == EPERM;
}

/* ESRCH, EPERM: there was none. */
static bool send_all(int signal)
{
    return kill(-1, signal) == 0 || errno == ESRCH || errno == EPERM;
}

/* True when it ended well and in time. */
static bool wait_for(pid_t child)
{
    struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN };
    int status = -1;

    if (ended.fd == -1 || poll(&ended, 1, WAIT_MS) != 1)
        kill(child, SIGKILL);
    if (ended.fd != -1)
        close(ended.fd);
    while (waitpid(child, &status, 0) == -1 && errno == EINTR)
        continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool send_by_child(uint32_t uid, uint32_t nobody, int signal)
{
    pid_t child;

    if (uid == 0)
        return false;
    fflush(NULL); /* or the child would have our unwritten output, too */
    child = fork();
    if (child == 0)
        _exit(become(uid, nobody) && send_all(signal) ? 0 : 1);
    return child > 0 && wait_for(child);
}

/* One after the other: the same nobody's children would hit each other. */
bool uid_signal(const uint32_t *uids, size_t count, int signal)
{
    uint32_t nobody;
    bool sent = true;

    if (count == 0)
        return true;
    if (!find_nobody(uids, count, &nobody))
        return false;
    for (size_t i = 0; i < count; i++)
        sent = send_by_child(uids[i], nobody, signal) && sent;
    return sent;
}
