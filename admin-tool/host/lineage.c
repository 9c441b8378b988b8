/*
 * Whose a process is: the user's by its login uid or by any of its uids, subordinate ones of his included. Where no login uid could
 * be set, a process without one is also whose its parent or its session's leader is: a root shell
 * got through sudo has nothing else of its user's. And his is, with all that descends from it, what was let open a
 * session for him: until its setuid(2) it is root's, or of whoever called it. Nothing is believed that the process says
 * itself.
 */
#include "lineage.h"

#include <stdlib.h>

#include "proc.h"
#include "units.h"

/* -- one process -------------------------------------------------------------------------- */

/* Only what an administrator's own unit started is not his to lose; what he logged in to is, there, too. */
static bool is_in_own_unit(pid_t pid, struct units *units)
{
    char unit[PROC_UNIT_SIZE];

    return units_are_here() && proc_unit(pid, unit) && units_is_own(units, unit);
}

static bool was_let_open(const struct openings *openings, const struct proc *process)
{
    for (size_t i = 0; i < openings->count; i++)
        if (openings->all[i].pid == process->pid && openings->all[i].start == process->start)
            return true;
    return false;
}

/* PROC_ALIVE: judged. */
static enum proc_look judge_alone(const struct whose *whose, const struct openings *openings, struct units *units,
                                  struct relative *ret)
{
    bool has_uid = false;
    uint32_t login_uid = proc_login_uid(ret->process.pid);
    enum proc_look look = proc_has_uid(ret->process.pid, whose, &has_uid);

    if (look != PROC_ALIVE)
        return look;
    ret->is_free = login_uid == UINT32_MAX;
    ret->is_opened = was_let_open(openings, &ret->process);
    if (ret->is_opened)
        ret->relation = RELATION_SESSION;
    else if (has_uid && ret->is_free && is_in_own_unit(ret->process.pid, units))
        ret->relation = RELATION_UNIT;
    else if (has_uid || login_uid == whose->uid)
        ret->relation = RELATION_SESSION;
    return PROC_ALIVE;
}

/* PROC_ENDED: a zombie that is not his. */
static enum proc_look look_at(pid_t pid, const struct whose *whose, const struct openings *openings, struct units *units,
                              struct relative *ret)
{
    enum proc_look state = proc_read(pid, &ret->process), look = PROC_VANISHED;

    if (state != PROC_VANISHED)
        look = judge_alone(whose, openings, units, ret);
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
static bool was_led(const struct lineage *lineage, const struct lineage *before, pid_t session)
{
    const struct relative *leader = lineage_find(lineage, session);
    const struct relative *former = lineage_find(before, session);

    if (leader != NULL && (former == NULL || former->process.start != leader->process.start))
        return false;
    for (size_t i = 0; i < before->count; i++)
        if (before->processes[i].is_led && before->processes[i].process.session == session)
            return true;
    return false;
}

static bool is_led(const struct lineage *lineage, const struct lineage *before, pid_t session)
{
    return is_to_end(lineage_find(lineage, session)) || was_led(lineage, before, session);
}

/* A child of what opened a session for him, and not known as such before. */
static bool is_new_heir(const struct lineage *lineage, const struct relative *process)
{
    const struct relative *parent = lineage_find(lineage, process->process.parent);

    return !process->is_opened && process->relation != RELATION_REMAINS && parent != NULL && parent->is_opened;
}

/* True when a process was found to be whose its parent or leader is. */
static bool inherit(struct lineage *lineage, const struct lineage *before)
{
    bool found = false;

    for (size_t i = 0; i < lineage->count; i++) {
        struct relative *process = &lineage->processes[i];

        if (is_new_heir(lineage, process)) {
            process->is_opened = true;
            process->relation = RELATION_SESSION;
            found = true;
        }
        if (process->relation != RELATION_NONE || !process->is_free ||
            (!is_to_end(lineage_find(lineage, process->process.parent)) &&
             !is_led(lineage, before, process->process.session)))
            continue;
        process->relation = RELATION_SESSION;
        found = true;
    }
    return found;
}

static void note_sessions(struct lineage *lineage, const struct lineage *before)
{
    for (size_t i = 0; i < lineage->count; i++) {
        struct relative *process = &lineage->processes[i];

        process->is_led = is_to_end(process) && is_led(lineage, before, process->process.session);
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

static bool read_all(struct proc_list *list, const struct whose *whose, const struct openings *openings, struct units *units,
                     struct lineage *ret)
{
    pid_t pid;

    while ((pid = proc_list_next(list)) != 0) {
        struct relative process = { .relation = RELATION_NONE };
        enum proc_look look = pid == 1 ? PROC_ENDED : look_at(pid, whose, openings, units, &process);

        if (look == PROC_VANISHED)
            ret->vanished++;
        else if (look == PROC_ALIVE && !add_process(ret, &process))
            return false;
    }
    return true;
}

bool lineage_read(const struct whose *whose, const struct openings *openings, const struct lineage *before,
                  struct units *units, struct lineage *ret)
{
    struct lineage lineage = { 0 };
    struct proc_list list;
    bool done;

    if (!proc_list_open("/proc", &list))
        return false;
    units_forget_runs(units);
    done = read_all(&list, whose, openings, units, &lineage);
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
