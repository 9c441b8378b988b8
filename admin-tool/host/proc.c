/*
 * One process, as proc(5) tells of it. A process may have threads with other uids than its first
 * one's, and go on when that has ended, so all of them are looked at.
 */
#include "proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The start of a file of proc(5); false when there is none. */
static bool read_file(const char *path, char *ret, size_t size)
{
    ssize_t length;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd == -1)
        return false;
    length = read(fd, ret, size - 1);
    close(fd);
    if (length < 0)
        return false;
    ret[length] = '\0';
    return true;
}

static bool read_proc(pid_t pid, const char *name, char *ret, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return read_file(path, ret, size);
}

/* -- stat --------------------------------------------------------------------------------- */

/* A number of proc(5)'s stat, its fields counted as there; -1 if there is none. rest: what follows
 * the name in parentheses, the second field, which may hold any octet. */
static int64_t stat_field(const char *rest, int number)
{
    for (int i = 3; i < number && rest != NULL; i++)
        rest = strchr(rest + 1, ' ');
    return rest == NULL ? -1 : strtoll(rest, NULL, 10);
}

enum proc_look proc_read(pid_t pid, struct proc *ret)
{
    char stat[1024];
    const char *rest;

    if (!read_proc(pid, "stat", stat, sizeof stat))
        return PROC_VANISHED;
    rest = strrchr(stat, ')');
    if (rest == NULL || strlen(rest) < 3)
        return PROC_VANISHED;
    rest++;
    ret->pid = pid;
    ret->parent = (pid_t)stat_field(rest, 4);
    ret->session = (pid_t)stat_field(rest, 6);
    ret->start = stat_field(rest, 22);
    ret->is_stopped = strchr("Tt", rest[1]) != NULL;
    if (strchr("ZX", rest[1]) != NULL && stat_field(rest, 20) <= 1) /* num_threads */
        return PROC_ENDED;
    return PROC_ALIVE;
}

/* -- uids --------------------------------------------------------------------------------- */

/* What follows a label of proc(5)'s status; NULL if nothing does. */
static const char *status_field(const char *status, const char *label)
{
    const char *found = strstr(status, label);

    return found == NULL ? NULL : found + strlen(label);
}

/* "Uid:" real, effective, saved, filesystem. */
static int status_whose_uid(const char *status, const struct whose *whose, int but)
{
    const char *field = status_field(status, "\nUid:");
    int found = WHOSE_NOBODYS;
    char *next = NULL;

    for (int i = 0; i < 4 && field != NULL && found == WHOSE_NOBODYS; i++, field = next)
        found = whose_find(whose, (uint32_t)strtoul(field, &next, 10), but);
    return found;
}

static enum proc_look threads_whose_uid(pid_t pid, const struct whose *whose, int but, int *ret)
{
    char path[64], status[4096];
    struct proc_list threads;
    enum proc_look look = PROC_ALIVE;
    pid_t thread;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    if (!proc_list_open(path, &threads))
        return PROC_VANISHED;
    while (*ret == WHOSE_NOBODYS && (thread = proc_list_next(&threads)) != 0) {
        snprintf(path, sizeof path, "/proc/%d/task/%d/status", (int)pid, (int)thread);
        if (read_file(path, status, sizeof status))
            *ret = status_whose_uid(status, whose, but);
        else
            look = PROC_VANISHED;
    }
    proc_list_close(&threads);
    return *ret != WHOSE_NOBODYS ? PROC_ALIVE : look;
}

enum proc_look proc_whose_uid(pid_t pid, const struct whose *whose, int but, int *ret)
{
    char status[4096];
    const char *threads;

    if (!read_proc(pid, "status", status, sizeof status))
        return PROC_VANISHED;
    *ret = status_whose_uid(status, whose, but);
    threads = status_field(status, "\nThreads:");
    if (*ret != WHOSE_NOBODYS || threads == NULL || strtoul(threads, NULL, 10) <= 1)
        return PROC_ALIVE;
    return threads_whose_uid(pid, whose, but, ret);
}

uint32_t proc_login_uid(pid_t pid)
{
    char login[32];

    return read_proc(pid, "loginuid", login, sizeof login) ? (uint32_t)strtoul(login, NULL, 10)
                                                           : UINT32_MAX;
}

/* -- its unit ----------------------------------------------------------------------------- */

/* The first part of "/a.slice/a-b.slice/NAME/..." that is no slice: systemd.slice(5). */
static bool find_unit(const char *path, char ret[static PROC_UNIT_SIZE])
{
    static const char slice[] = ".slice";

    while (*path == '/') {
        size_t length = strcspn(++path, "/\n");
        bool is_slice = length >= sizeof slice &&
                        memcmp(path + length - (sizeof slice - 1), slice, sizeof slice - 1) == 0;

        if (!is_slice) {
            snprintf(ret, PROC_UNIT_SIZE, "%.*s", (int)length, path);
            return length > 0 && length < PROC_UNIT_SIZE;
        }
        path += length;
    }
    return false;
}

/* cgroups(7): a line "0::PATH", and where systemd has a tree of version 1, "NUMBER:name=systemd:PATH". */
bool proc_unit(pid_t pid, char ret[static PROC_UNIT_SIZE])
{
    static const char *const trees[] = { ":name=systemd:", "0::" };
    char groups[4096];

    if (!read_proc(pid, "cgroup", groups, sizeof groups))
        return false;
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        const char *path = status_field(groups, trees[i]);

        if (path != NULL && find_unit(path, ret))
            return true;
    }
    return false;
}

/* -- signals ------------------------------------------------------------------------------ */

bool proc_is_same(const struct proc *process)
{
    struct proc now;

    return proc_read(process->pid, &now) == PROC_ALIVE && now.start == process->start;
}

/* The descriptor pins the process, which is looked at again after. */
bool proc_signal(const struct proc *process, int signal)
{
    int fd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    bool sent = false;

    if (fd == -1)
        return false;
    if (proc_is_same(process))
        sent = syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0;
    close(fd);
    return sent;
}

/* -- lists of them ------------------------------------------------------------------------ */

bool proc_list_open(const char *path, struct proc_list *ret)
{
    *ret = (struct proc_list){ .fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
    return ret->fd != -1;
}

static bool fetch(struct proc_list *list)
{
    ssize_t size = getdents64(list->fd, list->entries, sizeof list->entries);

    list->used = 0;
    list->size = size > 0 ? (size_t)size : 0;
    return size > 0;
}

pid_t proc_list_next(struct proc_list *list)
{
    while (list->used < list->size || fetch(list)) {
        const struct dirent64 *entry = (const void *)(list->entries + list->used);
        long number = strtol(entry->d_name, NULL, 10);

        list->used += entry->d_reclen;
        if (number > 0)
            return (pid_t)number;
    }
    return 0;
}

void proc_list_close(struct proc_list *list)
{
    close(list->fd);
}
