/*
 * Whose a process is: a user's by its login uid or by any of its uids, subordinate ones of his included. Where no login uid could
 * be set, a process without one is also whose its parent or its session's leader is: a root shell
 * got through sudo has nothing else of its user's. And his is, with all that descends from it, what was let open a
 * session for him: until its setuid(2) it is root's, or of whoever called it. Nothing is believed that the process says
 * itself.
 */
#include "lineage.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "proc.h"
#include "units.h"

/* In one look: of those that came after it began, or were gone before they were looked at. */
enum { LATE_MAX = 1000 };

/* -- one process -------------------------------------------------------------------------- */

/* Only what an administrator's own unit started is not his to lose; what he logged in to is, there, too. */
static bool is_in_own_unit(pid_t pid, uint32_t uid, struct units *units)
{
    char unit[PROC_UNIT_SIZE];

    return units_are_here() && proc_unit(pid, unit) && units_is_own(units, unit, uid);
}

static bool was_let_open(const struct openings *openings, const struct proc *process)
{
    for (size_t i = 0; i < openings->count; i++)
        if (openings->all[i].pid == process->pid && openings->all[i].start == process->start)
            return true;
    return false;
}

static int find_opened(const struct whose *whose, const struct proc *process)
{
    for (size_t i = 0; i < whose->count; i++)
        if (was_let_open(&whose->users[i].openings, process))
            return (int)i;
    return WHOSE_NOBODYS;
}

/* One who has a uid of it, and whose own unit does not excuse it; else the unit's. */
static void judge_by_uid(const struct whose *whose, int owner, struct units *units, struct relative *ret)
{
    pid_t pid = ret->process.pid;
    int other = WHOSE_NOBODYS;

    ret->owner = owner;
    ret->relation = RELATION_SESSION;
    if (!ret->is_free || !is_in_own_unit(pid, whose->users[owner].uid, units))
        return;
    if (whose->count == 1 || proc_whose_uid(pid, whose, owner, &other) != PROC_ALIVE || other == WHOSE_NOBODYS)
        ret->relation = RELATION_UNIT;
    else
        ret->owner = other;
}

/* PROC_ALIVE: judged. */
static enum proc_look judge_alone(const struct whose *whose, struct units *units, struct relative *ret)
{
    uint32_t login_uid = proc_login_uid(ret->process.pid);
    int by_uid = WHOSE_NOBODYS, by_login;
    enum proc_look look = proc_whose_uid(ret->process.pid, whose, WHOSE_NOBODYS, &by_uid);

    if (look != PROC_ALIVE)
        return look;
    ret->is_free = login_uid == UINT32_MAX;
    by_login = ret->is_free ? WHOSE_NOBODYS : whose_find_own(whose, login_uid);
    ret->owner = find_opened(whose, &ret->process);
    ret->is_opened = ret->owner != WHOSE_NOBODYS;
    if (ret->is_opened) {
        ret->relation = RELATION_SESSION;
    } else if (by_uid != WHOSE_NOBODYS) {
        judge_by_uid(whose, by_uid, units, ret);
    } else if (by_login != WHOSE_NOBODYS) {
        ret->relation = RELATION_SESSION;
        ret->owner = by_login;
    }
    return PROC_ALIVE;
}

/* PROC_ENDED: a zombie that is none of theirs. */
static enum proc_look look_at(pid_t pid, const struct whose *whose, struct units *units, struct relative *ret)
{
    enum proc_look state = proc_read(pid, &ret->process), look = PROC_VANISHED;

    if (state != PROC_VANISHED)
        look = judge_alone(whose, units, ret);
    if (state != PROC_ENDED || look != PROC_ALIVE)
        return look;
    if (ret->relation != RELATION_SESSION)
        return PROC_ENDED;
    ret->relation = RELATION_REMAINS;
    return PROC_ALIVE;
}

/* -- all of them -------------------------------------------------------------------------- */

static int compare_pids(const void *one, const void *other)
{
    pid_t a = ((const struct relative *)one)->process.pid;
    pid_t b = ((const struct relative *)other)->process.pid;

    return (a > b) - (a < b);
}

const struct relative *lineage_find(const struct lineage *lineage, pid_t pid)
{
    const struct relative key = { .process.pid = pid };

    if (lineage->count == 0)
        return NULL;
    return bsearch(&key, lineage->processes, lineage->count, sizeof key, compare_pids);
}

static bool is_to_end(const struct relative *process)
{
    return process != NULL && process->relation == RELATION_SESSION;
}

/* The number of a session is not used anew while a process is in it; if it was, its leader is
 * new. */
static int was_led_by(const struct lineage *lineage, const struct lineage *before, pid_t session)
{
    const struct relative *leader = lineage_find(lineage, session);
    const struct relative *former = lineage_find(before, session);

    if (leader != NULL && (former == NULL || former->process.start != leader->process.start))
        return WHOSE_NOBODYS;
    for (size_t i = 0; i < before->count; i++)
        if (before->processes[i].is_led && before->processes[i].process.session == session)
            return before->processes[i].owner;
    return WHOSE_NOBODYS;
}

/* Whose its session's leader is or was, when that one is to end. */
static int led_by(const struct lineage *lineage, const struct lineage *before, pid_t session)
{
    const struct relative *leader = lineage_find(lineage, session);

    return is_to_end(leader) ? leader->owner : was_led_by(lineage, before, session);
}

/* A child of what opened a session for a user, and not known as such before. */
static bool is_new_heir(const struct relative *process, const struct relative *parent)
{
    return !process->is_opened && process->relation != RELATION_REMAINS && parent != NULL && parent->is_opened;
}

/* Nobody's yet, or excused as another's unit alone. */
static bool is_to_inherit(const struct relative *process, int owner)
{
    return owner != WHOSE_NOBODYS && process->is_free &&
           (process->relation == RELATION_NONE || (process->relation == RELATION_UNIT && process->owner != owner));
}

/* True when a process was found to be whose its parent or leader is. */
static bool inherit(struct lineage *lineage, const struct lineage *before)
{
    bool found = false;

    for (size_t i = 0; i < lineage->count; i++) {
        struct relative *process = &lineage->processes[i];
        const struct relative *parent = lineage_find(lineage, process->process.parent);
        bool is_heir = is_new_heir(process, parent);
        int owner = is_heir || is_to_end(parent) ? parent->owner : led_by(lineage, before, process->process.session);

        if (!is_heir && !is_to_inherit(process, owner))
            continue;
        process->is_opened |= is_heir;
        process->relation = RELATION_SESSION;
        process->owner = owner;
        found = true;
    }
    return found;
}

static void note_sessions(struct lineage *lineage, const struct lineage *before)
{
    for (size_t i = 0; i < lineage->count; i++) {
        struct relative *process = &lineage->processes[i];

        process->is_led = is_to_end(process) &&
                          led_by(lineage, before, process->process.session) != WHOSE_NOBODYS;
    }
}

/* False when memory is short. */
static bool add_process(struct lineage *lineage, const struct relative *process)
{
    struct relative *grown;

    if ((lineage->count & (lineage->count - 1)) == 0) { /* 0 or a power of two: full */
        size_t room = lineage->count == 0 ? 1 : lineage->count * 2;

        grown = reallocarray(lineage->processes, room, sizeof *grown);
        if (grown == NULL)
            return false;
        lineage->processes = grown;
    }
    lineage->processes[lineage->count++] = *process;
    return true;
}

static size_t count_new_remains(const struct lineage *lineage, const struct lineage *before)
{
    size_t count = 0;

    for (size_t i = 0; i < lineage->count; i++) {
        const struct relative *process = &lineage->processes[i];
        const struct relative *was = lineage_find(before, process->process.pid);

        if (process->relation == RELATION_REMAINS &&
            (was == NULL || was->process.start != process->process.start))
            count++;
    }
    return count;
}

/* In the unit of proc.start. */
static int64_t ticks_since_boot(void)
{
    int64_t ticks = sysconf(_SC_CLK_TCK);
    struct timespec now = { 0 };

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * ticks + now.tv_nsec * ticks / 1000000000;
}

/* What is new is looked at, too, for it may be theirs; but whoever forks and goes has always a higher number ready, and
 * must not lead us on without an end. */
static bool read_all(struct proc_list *list, const struct whose *whose, struct units *units, struct lineage *ret)
{
    int64_t begun = ticks_since_boot();
    size_t late = 0;
    pid_t pid;

    while (late < LATE_MAX && (pid = proc_list_next(list)) != 0) {
        struct relative process = { .relation = RELATION_NONE, .owner = WHOSE_NOBODYS };
        enum proc_look look = pid == 1 ? PROC_ENDED : look_at(pid, whose, units, &process);

        if (look == PROC_VANISHED)
            ret->vanished++;
        else if (look == PROC_ALIVE && !add_process(ret, &process))
            return false;
        late += look == PROC_VANISHED || process.process.start > begun;
    }
    ret->vanished += late == LATE_MAX; /* whoever was not looked at */
    return true;
}

bool lineage_read(const struct whose *whose, const struct lineage *before, struct units *units, struct lineage *ret)
{
    struct lineage lineage = { 0 };
    struct proc_list list;
    bool done;

    if (!proc_list_open("/proc", &list))
        return false;
    units_forget_runs(units);
    done = read_all(&list, whose, units, &lineage);
    proc_list_close(&list);
    if (!done) {
        lineage_free(&lineage);
        return false;
    }
    if (lineage.count > 0)
        qsort(lineage.processes, lineage.count, sizeof *lineage.processes, compare_pids);
    while (inherit(&lineage, before))
        ;
    note_sessions(&lineage, before);
    lineage.vanished += count_new_remains(&lineage, before);
    *ret = lineage;
    return true;
}

void lineage_free(struct lineage *lineage)
{
    free(lineage->processes);
    *lineage = (struct lineage){ 0 };
}
