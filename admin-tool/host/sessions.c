/*
 * Suspended means out (DESIGN D11, D17): end whatever runs for a user, root shells got through sudo
 * included (lineage.h says whose they are).
 *
 * The kernel ends all that has his uid as its real or saved one, at once (uid_signal.h): whoever
 * forks faster than /proc is read does not get away. Looking at /proc finds the rest: the effective
 * and the filesystem uid, the subordinate uids, the login uid, descent. We look until two looks find nothing, and none of
 * those looked at went away before it was known whose it was.
 *
 * A login that was let in before the change and has not become him yet is known by its record (sql/openings.h). It is
 * stopped and looked at again before it is ended: what it forked meanwhile would be nobody's without its parent.
 *
 * Where an administrator's own service runs as him (units.h) the kernel must not end all: it would be
 * hit, too. There he is swept out of /proc; if there was anything, everything of his is then stopped at
 * once, swept, and the service goes on. That comes second, because sudo and su stop
 * themselves on seeing their child stopped, and root's su is not ours to stop.
 */
#include "sessions.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/openings.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "lineage.h"
#include "oneself.h"
#include "proc.h"
#include "program.h"
#include "uid_signal.h"
#include "units.h"

enum {
    PATIENCE_MS = 10 * 1000, /* for what dies slowly, e.g. writing a core or waiting for a disk */
    PAUSE_MS = 10, PAUSE_MAX_MS = 80,
    QUIET_LOOKS = 2,
    LOOKS_STOPPED = 20
};

struct sweep {
    struct whose whose;
    size_t left;         /* to be ended, at the last look */
    struct openings openings;
    struct lineage seen; /* at the last look */
    struct units units;
};

/* -- looking and ending ------------------------------------------------------------------- */

static bool is_to_end(const struct relative *process)
{
    return process->relation == RELATION_SESSION && process->process.pid != getpid();
}

/* False when /proc cannot be read. */
static bool look(struct sweep *sweep)
{
    struct lineage now;

    if (!lineage_read(&sweep->whose, &sweep->openings, &sweep->seen, &sweep->units, &now))
        return false;
    lineage_free(&sweep->seen);
    sweep->seen = now;
    sweep->left = 0;
    for (size_t i = 0; i < now.count; i++)
        if (is_to_end(&now.processes[i]))
            sweep->left++;
    return true;
}

static bool is_quiet(const struct sweep *sweep)
{
    return sweep->left == 0 && sweep->seen.vanished == 0;
}

static bool has_own_unit(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->seen.count; i++)
        if (sweep->seen.processes[i].relation == RELATION_UNIT)
            return true;
    return false;
}

static void end_seen(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->seen.count; i++)
        if (is_to_end(&sweep->seen.processes[i]))
            proc_signal(&sweep->seen.processes[i].process, SIGKILL);
}

/* True when there was one. */
static bool stop_opened(const struct sweep *sweep)
{
    bool found = false;

    for (size_t i = 0; i < sweep->seen.count; i++)
        if (sweep->seen.processes[i].is_opened && is_to_end(&sweep->seen.processes[i])) {
            proc_signal(&sweep->seen.processes[i].process, SIGSTOP);
            found = true;
        }
    return found;
}

/* What a look found, and where that is allowed all that runs by now. */
static void end_found(struct sweep *sweep)
{
    if (stop_opened(sweep))
        look(sweep); /* if not, what the last one saw is ended */
    if (!has_own_unit(sweep))
        uid_signal(sweep->whose.uid, SIGKILL);
    end_seen(sweep);
}

/* -- stopped first ------------------------------------------------------------------------ */

/* But for those that were stopped before. */
static void continue_units(const struct lineage *before, const struct lineage *now)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct relative *process = &now->processes[i];
        const struct relative *was = lineage_find(before, process->process.pid);

        if (process->relation == RELATION_UNIT && (was == NULL || !was->process.is_stopped))
            proc_signal(&process->process, SIGCONT);
    }
}

/* What is stopped does not fork, so what is found is all there is. */
static void end_stopped(struct sweep *sweep)
{
    struct lineage before;

    if (!lineage_read(&sweep->whose, &sweep->openings, &sweep->seen, &sweep->units, &before))
        return;
    if (uid_signal(sweep->whose.uid, SIGSTOP)) {
        for (int i = 0; i < LOOKS_STOPPED && look(sweep) && sweep->left > 0; i++)
            end_seen(sweep);
        continue_units(&before, &sweep->seen);
    }
    lineage_free(&before);
}

/* -- until it is quiet -------------------------------------------------------------------- */

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(int ms)
{
    const struct timespec pause = { 0, ms * 1000000L };

    nanosleep(&pause, NULL);
}

/* False when something is left, or it is not known whether something is. */
static bool end_all(struct sweep *sweep)
{
    int64_t end = monotonic_ms() + PATIENCE_MS;
    int quiet = 0, pause = PAUSE_MS;
    bool found = false; /* something, at the look before */

    for (int looks = 1; quiet < QUIET_LOOKS && monotonic_ms() < end; looks++) {
        if (!look(sweep))
            return false;
        quiet = is_quiet(sweep) ? quiet + 1 : 0;
        if (quiet == 0 || looks == 1)
            end_found(sweep);
        if (found && has_own_unit(sweep))
            end_stopped(sweep);
        found = quiet == 0;
        if (quiet < QUIET_LOOKS)
            pause_ms(pause);
        pause = quiet > 0 || pause >= PAUSE_MAX_MS ? pause : pause * 2;
    }
    return quiet == QUIET_LOOKS;
}

/* -- what systemd keeps for him ----------------------------------------------------------- */

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

/* The user's slice at once, root shells and all, unless we are in it ourselves: an admin may suspend
 * himself. */
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

/* logind keeps a file for each that is to linger, and one for each user who is logged in. */
static bool lingers(const struct account *account)
{
    char path[64 + ACCOUNT_NAME_SIZE];

    snprintf(path, sizeof path, "/var/lib/systemd/linger/%s", account->username);
    return access(path, F_OK) == 0;
}

static bool is_kept(const struct account *account)
{
    char path[64];

    snprintf(path, sizeof path, "/run/systemd/users/%u", account->uid);
    return access(path, F_OK) == 0 || lingers(account);
}

static void run(const char *program, const char *verb, const char *about)
{
    char path[32], option[] = "--no-ask-password", word[16], operand[32];
    char *const argv[] = { path, option, word, operand, NULL };

    snprintf(path, sizeof path, "/usr/bin/%s", program);
    snprintf(word, sizeof word, "%s", verb);
    snprintf(operand, sizeof operand, "%s", about);
    host_run(argv);
}

/* What was killed is told to logind, and that his manager was is no failure for somebody to look at. */
static void forget_manager(const char *number)
{
    char unit[32];

    snprintf(unit, sizeof unit, "user@%s.service", number);
    run("loginctl", "terminate-user", number);
    run("systemctl", "stop", unit);
    run("systemctl", "reset-failed", unit);
}

/* -- who was let in ------------------------------------------------------------------------ */

/* Where the helper writes it: beside the store, or in the stand-in. */
static bool read_openings(uint32_t uid, struct openings *ret)
{
    static const char *const folders[][2] = { { PRIVATE_DIR, PRIVATE_DIR "/activity.db" },
                                              { PRIVATE_RUN_DIR, PRIVATE_RUN_DIR "/activity.db" } };
    bool done = true;

    for (size_t i = 0; i < 2; i++) {
        struct activity_log *log = NULL;

        if (access(folders[i][1], F_OK) != 0)
            continue;
        if (activity_open(folders[i][0], NULL, &log) != STORE_OK || openings_read(log, uid, ret) != STORE_OK)
            done = false;
        activity_close(log);
    }
    return done;
}

/* -- all of it ---------------------------------------------------------------------------- */

static void complain(struct tool *tool, const struct sweep *sweep, const struct account *account)
{
    if (sweep->left > 0)
        tool_complain(tool, "could not end everything that runs for %s; see 'ps -fu %u' and run "
                      "'pkill -KILL -u %u'", account->username, account->uid, account->uid);
    else
        tool_complain(tool, "cannot make sure that nothing runs for %s: processes come and go too fast "
                      "here; see 'ps -fu %u' and suspend again", account->username, account->uid);
}

static void sweep_free(struct sweep *sweep)
{
    lineage_free(&sweep->seen);
    openings_free(&sweep->openings);
    whose_free(&sweep->whose);
    units_free(&sweep->units);
}

static void name_units(const struct sweep *sweep, const struct account *account)
{
    for (size_t i = 0; i < sweep->units.count; i++) {
        const struct unit *unit = &sweep->units.units[i];

        if (unit->is_own && unit->runs)
            tool_refuse(GO_ON, "note: the service %s runs as %s and was left alone; 'systemctl "
                        "disable --now %s' stops it", unit->name, account->username, unit->name);
    }
}

static void end_session(struct tool *tool, const struct account *account, bool may_linger)
{
    struct sweep sweep = { .units = { .uid = account->uid } };
    bool kept = units_are_here() && is_kept(account);
    char number[16];

    oneself_take_leave(tool, account);
    snprintf(number, sizeof number, "%u", account->uid);
    if (kept && !may_linger)
        run("loginctl", "disable-linger", number);
    if (kept)
        end_slice(account->uid);
    if (!whose_read(tool->store, account, &sweep.whose))
        tool_complain(tool, "cannot read which subordinate ids are %s's (/etc/subuid): see 'ps -ef', and suspend again",
                      account->username);
    if (!read_openings(account->uid, &sweep.openings))
        tool_complain(tool, "cannot read whether a login of %s is under way (activity.db): see 'ps -ef', and run "
                      "'admin-tool check'", account->username);
    if (!end_all(&sweep))
        complain(tool, &sweep, account);
    if (kept)
        forget_manager(number);
    if (may_linger && lingers(account))
        run("loginctl", "enable-linger", number);
    name_units(&sweep, account);
    sweep_free(&sweep);
}

void sessions_end(struct tool *tool, const struct account *account)
{
    end_session(tool, account, false);
}

void sessions_interrupt(struct tool *tool, const struct account *account)
{
    end_session(tool, account, true);
}

bool sessions_find(const struct tool *tool, const struct account *account, size_t *ret_count, pid_t *ret_first)
{
    struct sweep sweep = { .units = { .uid = account->uid } };
    bool done = whose_read(tool->store, account, &sweep.whose) && read_openings(account->uid, &sweep.openings) &&
                look(&sweep);

    *ret_count = sweep.left;
    *ret_first = 0;
    for (size_t i = 0; done && *ret_first == 0 && i < sweep.seen.count; i++)
        if (is_to_end(&sweep.seen.processes[i]))
            *ret_first = sweep.seen.processes[i].process.pid;
    sweep_free(&sweep);
    return done;
}
