/*
 * The kernel ends all that has a user's uid as its real or saved one, at once (uid_signal.h): whoever
 * forks faster than /proc is read does not get away. Looking at /proc finds the rest: the effective
 * and the filesystem uid, the subordinate uids, the login uid, descent. We look until two looks find nothing, and none of
 * those looked at went away before it was known whose it was.
 *
 * A login that was let in before the change and has not become the user yet is known by its record (sql/openings.h). It is
 * stopped and looked at again before it is ended: what it forked meanwhile would be nobody's without its parent.
 *
 * Where an administrator's own service runs as a user (units.h) the kernel must not end all: it would be
 * hit, too. There he is swept out of /proc; if there was anything, everything of his is then stopped at
 * once, swept, and the service goes on. That comes second, because sudo and su stop
 * themselves on seeing their child stopped, and root's su is not ours to stop.
 */
#include "sweep.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/openings.h"
#include "sql/store.h"
#include "terminal/command.h"
#include "proc.h"
#include "uid_signal.h"

enum {
    PATIENCE_MS = 10 * 1000, /* for what dies slowly, e.g. writing a core or waiting for a disk */
    PAUSE_MS = 10, PAUSE_MAX_MS = 80,
    QUIET_LOOKS = 2,
    LOOKS_STOPPED = 20
};

/* -- looking and ending ------------------------------------------------------------------- */

static bool is_to_end(const struct relative *process)
{
    return process->relation == RELATION_SESSION && process->process.pid != getpid();
}

static void count_left(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->whose.count; i++) {
        sweep->users[i].left = 0;
        sweep->users[i].first = 0;
    }
    for (size_t i = 0; i < sweep->seen.count; i++) {
        const struct relative *process = &sweep->seen.processes[i];
        struct swept *user;

        if (!is_to_end(process))
            continue;
        user = &sweep->users[process->owner];
        if (user->left++ == 0)
            user->first = process->process.pid;
    }
}

bool sweep_look(struct sweep *sweep)
{
    struct lineage now;

    if (!lineage_read(&sweep->whose, &sweep->seen, &sweep->units, &now))
        return false;
    lineage_free(&sweep->seen);
    sweep->seen = now;
    count_left(sweep);
    return true;
}

static bool is_any_left(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->whose.count; i++)
        if (sweep->users[i].left > 0)
            return true;
    return false;
}

static bool has_own_unit(const struct sweep *sweep, size_t user)
{
    for (size_t i = 0; i < sweep->seen.count; i++)
        if (sweep->seen.processes[i].relation == RELATION_UNIT && sweep->seen.processes[i].owner == (int)user)
            return true;
    return false;
}

/* Those with an own unit that runs, or those without: their uids into sweep->uids, and how many. */
static size_t choose(const struct sweep *sweep, bool with_unit)
{
    size_t count = 0;

    for (size_t i = 0; i < sweep->whose.count; i++)
        if (has_own_unit(sweep, i) == with_unit)
            sweep->uids[count++] = sweep->whose.users[i].uid;
    return count;
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
        sweep_look(sweep); /* if not, what the last one saw is ended */
    uid_signal(sweep->uids, choose(sweep, false), SIGKILL);
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
    size_t count = choose(sweep, true);
    struct lineage before;

    if (count == 0 || !lineage_read(&sweep->whose, &sweep->seen, &sweep->units, &before))
        return;
    if (uid_signal(sweep->uids, count, SIGSTOP))
        for (int i = 0; i < LOOKS_STOPPED && sweep_look(sweep) && is_any_left(sweep); i++)
            end_seen(sweep);
    continue_units(&before, &sweep->seen);
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

/* Whoever was quiet for long enough stays so while only others' are seen. */
static void count_quiet(const struct sweep *sweep, struct swept *user)
{
    if (user->left == 0 && sweep->seen.vanished == 0)
        user->quiet++;
    else if (user->left > 0 || !sweep_is_clear(user))
        user->quiet = 0;
}

/* The fewest of any user's. */
static int count_all_quiet(struct sweep *sweep)
{
    int fewest = QUIET_LOOKS;

    for (size_t i = 0; i < sweep->whose.count; i++) {
        count_quiet(sweep, &sweep->users[i]);
        if (sweep->users[i].quiet < fewest)
            fewest = sweep->users[i].quiet;
    }
    return fewest;
}

/* Before all who have the machine work for them, and keep us waiting by that (sched(7)); or behind us again. Where we may
 * not, it takes longer. */
static void go_first(bool first)
{
    const struct sched_param param = { .sched_priority = first ? 1 : 0 };

    (void)sched_setscheduler(0, first ? SCHED_RR : SCHED_OTHER, &param);
}

void sweep_end(struct sweep *sweep)
{
    int64_t end = monotonic_ms() + PATIENCE_MS;
    int quiet = 0, pause = PAUSE_MS;
    bool found = false; /* something, at the look before */

    go_first(true);
    for (int looks = 1; quiet < QUIET_LOOKS && monotonic_ms() < end && sweep_look(sweep); looks++) {
        quiet = count_all_quiet(sweep);
        if (quiet == 0 || looks == 1)
            end_found(sweep);
        if (found)
            end_stopped(sweep);
        found = quiet == 0;
        if (quiet < QUIET_LOOKS)
            pause_ms(pause);
        pause = quiet > 0 || pause >= PAUSE_MAX_MS ? pause : pause * 2;
    }
    if (quiet < QUIET_LOOKS)
        sweep_look(sweep); /* who is left is told as it is now, not as it was before the last were ended */
    go_first(false);
}

bool sweep_is_clear(const struct swept *user)
{
    return user->quiet >= QUIET_LOOKS;
}

/* -- who is meant ------------------------------------------------------------------------- */

/* Where the helper writes who was let in: beside the store, or in the stand-in. */
static bool read_openings(struct whose *ret)
{
    static const char *const folders[][2] = { { PRIVATE_DIR, PRIVATE_DIR "/activity.db" },
                                              { PRIVATE_RUN_DIR, PRIVATE_RUN_DIR "/activity.db" } };
    bool done = true;

    for (size_t i = 0; i < 2; i++) {
        struct activity_log *log = NULL;

        if (access(folders[i][1], F_OK) != 0)
            continue;
        if (activity_open(folders[i][0], NULL, &log) != STORE_OK)
            done = false;
        for (size_t user = 0; log != NULL && user < ret->count; user++)
            if (openings_read(log, ret->users[user].uid, &ret->users[user].openings) != STORE_OK)
                done = false;
        activity_close(log);
    }
    return done;
}

bool sweep_open(struct store *store, const struct account *accounts, size_t count, struct sweep *ret)
{
    *ret = (struct sweep){ .users = calloc(count, sizeof *ret->users), .uids = calloc(count, sizeof *ret->uids) };
    if (ret->users == NULL || ret->uids == NULL)
        return false;
    ret->knows_subids = whose_read(store, accounts, count, &ret->whose);
    ret->knows_openings = read_openings(&ret->whose);
    return ret->whose.count == count;
}

void sweep_free(struct sweep *sweep)
{
    lineage_free(&sweep->seen);
    units_free(&sweep->units);
    whose_free(&sweep->whose);
    free(sweep->users);
    free(sweep->uids);
    *sweep = (struct sweep){ 0 };
}
