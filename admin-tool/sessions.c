/*
 * Suspended means out (DESIGN D11): end whatever runs for a user, root shells got through sudo
 * included (lineage.h says whose they are). A process may be born while we look, so we look until
 * two sweeps a second apart find nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "lineage.h"
#include "oneself.h"

enum { SWEEPS_MAX = 10, QUIET_SWEEPS = 2, LOOKS_MAX = 20 };

struct sweep {
    uint32_t uid;
    size_t ended, refused;
    struct lineage seen; /* at the last look */
};

/* -- ending ------------------------------------------------------------------------------- */

/* The descriptor pins the process, which is looked at again after: a number used anew is not
 * hit. */
static bool end_process(const struct relative *process)
{
    int fd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    bool ended = false;

    if (fd == -1)
        return false;
    if (lineage_is_same(process))
        ended = syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0;
    close(fd);
    return ended;
}

static size_t end_all(const struct lineage *lineage, struct sweep *sweep)
{
    size_t ended = 0;

    sweep->refused = 0;
    for (size_t i = 0; i < lineage->count; i++) {
        const struct relative *process = &lineage->processes[i];

        if (process->relation != RELATION_SESSION || process->pid == getpid())
            continue;
        if (end_process(process))
            ended++;
        else if (lineage_is_same(process))
            sweep->refused++;
    }
    return ended;
}

/* Nobody is stopped before he is ended: sudo and su stop themselves on seeing that, and root's su
 * is not ours to stop. So we look again at once, until nothing is left that was born meanwhile. */
static bool run_sweep(struct sweep *sweep)
{
    size_t ended = 1;

    sweep->ended = 0;
    for (int i = 0; i < LOOKS_MAX && ended > 0; i++) {
        struct lineage now;

        if (!lineage_read(sweep->uid, &sweep->seen, &now))
            return false;
        lineage_free(&sweep->seen);
        sweep->seen = now;
        ended = end_all(&now, sweep);
        sweep->ended += ended;
    }
    return true;
}

static bool read_own_group(char *ret, size_t size)
{
    int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd == -1)
        return false;
    length = read(fd, ret, size - 1);
    close(fd);
    ret[length < 0 ? 0 : length] = '\0';
    return length >= 0;
}

/* The user's slice at once, unless we are in it ourselves: an admin may suspend himself. */
static void end_slice(uint32_t uid)
{
    char slice[64], path[128], own[4096];
    int fd;

    snprintf(slice, sizeof slice, "/user-%u.slice", uid);
    if (!read_own_group(own, sizeof own) || strstr(own, slice) != NULL)
        return;
    snprintf(path, sizeof path, "/sys/fs/cgroup/user.slice%s/cgroup.kill", slice);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd == -1)
        return;
    if (write(fd, "1", 1) != 1)
        errno = 0; /* what is not ended here is found by the sweeps */
    close(fd);
}

static void end_lingering(uint32_t uid)
{
    char number[16];
    char *const no_linger[] = { "/usr/bin/loginctl", "disable-linger", number, NULL };

    snprintf(number, sizeof number, "%u", uid);
    host_run(no_linger);
    end_slice(uid);
}

void sessions_end(struct tool *tool, const struct account *account)
{
    static const struct timespec pause = { 1, 0 };
    struct sweep sweep = { .uid = account->uid };
    int quiet = 0;

    oneself_take_leave(tool, account);
    if (access("/run/systemd/system", F_OK) == 0)
        end_lingering(account->uid);
    for (int i = 0; i < SWEEPS_MAX && quiet < QUIET_SWEEPS; i++) {
        if (i > 0)
            nanosleep(&pause, NULL);
        if (!run_sweep(&sweep))
            break;
        quiet = sweep.ended == 0 && sweep.refused == 0 ? quiet + 1 : 0;
    }
    if (quiet < QUIET_SWEEPS)
        tool_complain(tool, "could not end everything that runs for %s; see 'ps -fu %u' and run "
                      "'pkill -KILL -u %u'", account->username, account->uid, account->uid);
    if (sweep.seen.units > 0)
        tool_refuse(GO_ON, "note: the service %s runs as %s and was left alone; see 'systemctl "
                    "status %s'", sweep.seen.unit, account->username, sweep.seen.unit);
    lineage_free(&sweep.seen);
}
