/*
 * Suspended means out (DESIGN D11): end whatever runs for a user, root shells got through sudo
 * included, by login uid. A process may fork while we look, so we look until two sweeps a second
 * apart find nothing.
 */
#include <dirent.h>
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

enum { SWEEPS_MAX = 10, QUIET_SWEEPS = 2 };

enum relation {
    RELATION_NONE,
    RELATION_SESSION, /* to be ended */
    RELATION_UNIT     /* a system service that runs as this user: an administrator's own doing */
};

struct sweep {
    uint32_t uid;
    bool has_systemd;
    size_t ended, refused;
    size_t units;
    char unit[256]; /* one of them, for the message */
};

/* -- what a process is -------------------------------------------------------------------- */

/* The start of /proc/PID/NAME; false when there is none. */
static bool read_proc(pid_t pid, const char *name, char *ret, size_t size)
{
    char path[64];
    ssize_t length;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return false;
    length = read(fd, ret, size - 1);
    close(fd);
    if (length < 0)
        return false;
    ret[length] = '\0';
    return true;
}

/* proc(5): "Uid:" real, effective, saved, filesystem. */
static bool has_uid(const char *status, uint32_t uid)
{
    static const char label[] = "\nUid:";
    const char *found = strstr(status, label);
    char *next = NULL;

    if (found == NULL)
        return false;
    found += sizeof label - 1;
    for (int i = 0; i < 3; i++, found = next)
        if (strtoul(found, &next, 10) == uid)
            return true;
    return false;
}

/* A zombie has nothing left to end. */
static bool is_alive(const char *status)
{
    const char *state = strstr(status, "\nState:\t");

    return state != NULL && strchr("ZX", state[8]) == NULL;
}

/* "0::/system.slice/NAME..." of cgroups(7), or the name=systemd line of version 1. */
static bool find_unit(pid_t pid, char *ret, size_t size)
{
    static const char slice[] = ":/system.slice/";
    char cgroup[4096];
    const char *unit;

    if (!read_proc(pid, "cgroup", cgroup, sizeof cgroup))
        return false;
    unit = strstr(cgroup, slice);
    if (unit == NULL)
        return false;
    unit += sizeof slice - 1;
    snprintf(ret, size, "%.*s", (int)strcspn(unit, "/\n"), unit);
    return true;
}

/* Where systemd runs, sessions have a login uid; without one in a unit: a service. */
static enum relation judge(struct sweep *sweep, pid_t pid)
{
    char status[4096], login[32] = "";
    unsigned long login_uid = UINT32_MAX;

    if (!read_proc(pid, "status", status, sizeof status) || !is_alive(status))
        return RELATION_NONE;
    if (read_proc(pid, "loginuid", login, sizeof login))
        login_uid = strtoul(login, NULL, 10);
    if (login_uid == sweep->uid)
        return RELATION_SESSION;
    if (!has_uid(status, sweep->uid))
        return RELATION_NONE;
    if (login_uid == UINT32_MAX && sweep->has_systemd &&
        find_unit(pid, sweep->unit, sizeof sweep->unit))
        return RELATION_UNIT;
    return RELATION_SESSION;
}

/* -- ending ------------------------------------------------------------------------------- */

/* The descriptor pins the process, and is judged again after: a number used anew is not hit. */
static void end_process(struct sweep *sweep, pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (fd == -1) {
        if (errno != ESRCH)
            sweep->refused++;
        return;
    }
    if (judge(sweep, pid) == RELATION_SESSION) {
        if (syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0)
            sweep->ended++;
        else if (errno != ESRCH)
            sweep->refused++;
    }
    close(fd);
}

static bool run_sweep(struct sweep *sweep)
{
    DIR *processes = opendir("/proc");
    const struct dirent *entry;

    sweep->ended = sweep->refused = sweep->units = 0;
    if (processes == NULL)
        return false;
    while ((entry = readdir(processes)) != NULL) {
        long pid = strtol(entry->d_name, NULL, 10);
        enum relation relation;

        if (pid <= 1 || pid == getpid())
            continue;
        relation = judge(sweep, (pid_t)pid);
        if (relation == RELATION_SESSION)
            end_process(sweep, (pid_t)pid);
        else if (relation == RELATION_UNIT)
            sweep->units++;
    }
    closedir(processes);
    return true;
}

/* The user's slice at once, unless we are in it ourselves: an admin may suspend himself. */
static void end_slice(uint32_t uid)
{
    char slice[64], path[128], own[4096];
    int fd;

    snprintf(slice, sizeof slice, "/user-%u.slice", uid);
    if (!read_proc(getpid(), "cgroup", own, sizeof own) || strstr(own, slice) != NULL)
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

    sweep.has_systemd = access("/run/systemd/system", F_OK) == 0;
    if (sweep.has_systemd)
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
    if (sweep.units > 0)
        tool_refuse(GO_ON, "note: the service %s runs as %s and was left alone; see 'systemctl "
                    "status %s'", sweep.unit, account->username, sweep.unit);
}
