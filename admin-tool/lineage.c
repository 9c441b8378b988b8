/*
 * Whose a process is: the user's by its login uid or by any of its uids. Where no login uid could
 * be set, a process without one is also whose its parent or its session's leader is: a root shell
 * got through sudo has nothing else of its user's. Nothing is believed that the process says
 * itself.
 */
#include "lineage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- one process -------------------------------------------------------------------------- */

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

/* A number of proc(5)'s stat, its fields counted as there; -1 if there is none. rest: what follows
 * the name in parentheses, the second field, which may hold any octet. */
static int64_t stat_field(const char *rest, int number)
{
    for (int i = 3; i < number && rest != NULL; i++)
        rest = strchr(rest + 1, ' ');
    return rest == NULL ? -1 : strtoll(rest, NULL, 10);
}

/* False for one that has ended: a zombie has nothing left to end. */
static bool read_stat(pid_t pid, struct relative *ret)
{
    char stat[1024];
    const char *rest;

    if (!read_proc(pid, "stat", stat, sizeof stat))
        return false;
    rest = strrchr(stat, ')');
    if (rest == NULL || strlen(rest) < 3 || strchr("ZX", rest[2]) != NULL)
        return false;
    rest++;
    ret->pid = pid;
    ret->parent = (pid_t)stat_field(rest, 4);
    ret->session = (pid_t)stat_field(rest, 6);
    ret->start = stat_field(rest, 22);
    return true;
}

/* Where systemd runs, sessions have a login uid; without one in a unit: a service. */
static void judge_alone(uint32_t uid, bool has_systemd, struct lineage *lineage,
                        struct relative *ret)
{
    char status[4096], login[32] = "", unit[sizeof lineage->unit];
    unsigned long login_uid = UINT32_MAX;
    bool in_unit, is_his;

    if (!read_proc(ret->pid, "status", status, sizeof status))
        return;
    if (read_proc(ret->pid, "loginuid", login, sizeof login))
        login_uid = strtoul(login, NULL, 10);
    in_unit = login_uid == UINT32_MAX && has_systemd && find_unit(ret->pid, unit, sizeof unit);
    is_his = has_uid(status, uid);
    ret->is_free = login_uid == UINT32_MAX && !in_unit;
    if (is_his && in_unit) {
        ret->relation = RELATION_UNIT;
        lineage->units++;
        memcpy(lineage->unit, unit, sizeof unit);
    } else if (is_his || login_uid == uid) {
        ret->relation = RELATION_SESSION;
    }
}

/* -- all of them -------------------------------------------------------------------------- */

static int compare_pids(const void *one, const void *other)
{
    pid_t a = ((const struct relative *)one)->pid, b = ((const struct relative *)other)->pid;

    return (a > b) - (a < b);
}

static const struct relative *find_process(const struct lineage *lineage, pid_t pid)
{
    const struct relative key = { .pid = pid };

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
    const struct relative *leader = find_process(lineage, session);
    const struct relative *former = find_process(before, session);

    if (leader != NULL && (former == NULL || former->start != leader->start))
        return false;
    for (size_t i = 0; i < before->count; i++)
        if (before->processes[i].is_led && before->processes[i].session == session)
            return true;
    return false;
}

static bool is_led(const struct lineage *lineage, const struct lineage *before, pid_t session)
{
    return is_to_end(find_process(lineage, session)) || was_led(lineage, before, session);
}

/* True when a process was found to be whose its parent or leader is. */
static bool inherit(struct lineage *lineage, const struct lineage *before)
{
    bool found = false;

    for (size_t i = 0; i < lineage->count; i++) {
        struct relative *process = &lineage->processes[i];

        if (process->relation != RELATION_NONE || !process->is_free ||
            (!is_to_end(find_process(lineage, process->parent)) &&
             !is_led(lineage, before, process->session)))
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

        process->is_led = is_to_end(process) && is_led(lineage, before, process->session);
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

static bool read_all(uint32_t uid, bool has_systemd, DIR *processes, struct lineage *ret)
{
    const struct dirent *entry;

    while ((entry = readdir(processes)) != NULL) {
        struct relative process = { 0 };
        long pid = strtol(entry->d_name, NULL, 10);

        if (pid <= 1 || !read_stat((pid_t)pid, &process))
            continue;
        judge_alone(uid, has_systemd, ret, &process);
        if (!add_process(ret, &process))
            return false;
    }
    return true;
}

bool lineage_read(uint32_t uid, const struct lineage *before, struct lineage *ret)
{
    bool has_systemd = access("/run/systemd/system", F_OK) == 0;
    struct lineage lineage = { 0 };
    DIR *processes = opendir("/proc");
    bool done;

    if (processes == NULL)
        return false;
    done = read_all(uid, has_systemd, processes, &lineage);
    closedir(processes);
    if (!done) {
        lineage_free(&lineage);
        return false;
    }
    if (lineage.count > 0)
        qsort(lineage.processes, lineage.count, sizeof *lineage.processes, compare_pids);
    while (inherit(&lineage, before))
        ;
    note_sessions(&lineage, before);
    *ret = lineage;
    return true;
}

void lineage_free(struct lineage *lineage)
{
    free(lineage->processes);
    *lineage = (struct lineage){ 0 };
}

bool lineage_is_same(const struct relative *process)
{
    struct relative now = { 0 };

    return read_stat(process->pid, &now) && now.start == process->start;
}
