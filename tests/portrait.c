#include "portrait.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct portrait {
    pid_t pid;
    char *text;
    size_t used;
};

static void say(struct portrait *portrait, const char *format, ...)
{
    size_t room = PORTRAIT_SIZE - portrait->used;
    va_list list;
    int length;

    va_start(list, format);
    length = vsnprintf(portrait->text + portrait->used, room, format, list);
    va_end(list);
    portrait->used += length > 0 && (size_t)length < room ? (size_t)length : 0;
}

static size_t read_file(pid_t pid, const char *name, char *ret, size_t size)
{
    char path[64];
    ssize_t got = -1;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        got = read(fd, ret, size - 1);
        close(fd);
    }
    ret[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

/* A file of one line. */
static void tell_line(struct portrait *portrait, const char *name)
{
    char text[512];

    read_file(portrait->pid, name, text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    say(portrait, "%s: %s\n", name, text);
}

static void tell_status(struct portrait *portrait)
{
    static const char *const told[] = {
        "Umask", "Uid", "Gid", "Groups", "Threads", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "CapInh", "CapPrm", "CapEff",
        "CapAmb", "NoNewPrivs", "Seccomp", "Cpus_allowed_list", "THP_enabled", "Name" };
    char text[8192], *rest = text;

    read_file(portrait->pid, "status", text, sizeof text);
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
            if (strncmp(line, told[i], strlen(told[i])) == 0 && line[strlen(told[i])] == ':')
                say(portrait, "%s\n", line);
}

/* proc(5): fields 5 to 7, 19, 40 and 41; the terminal as a yes or no. */
static void tell_stat(struct portrait *portrait)
{
    char text[2048], *rest;
    long field[53] = { 0 };

    read_file(portrait->pid, "stat", text, sizeof text);
    rest = strrchr(text, ')');
    if (rest == NULL || strlen(rest) < 4)
        return;
    rest += 4;
    for (int i = 4; i < 53 && *rest != '\0'; i++)
        field[i] = (long)strtoull(rest, &rest, 10);
    say(portrait, "terminal: %s\n", field[7] != 0 ? "yes" : "no");
    say(portrait, "nice: %ld, real-time priority %ld, class %ld\n", field[19], field[40], field[41]);
}

static void tell_link(struct portrait *portrait, const char *name)
{
    char path[64], target[256];
    ssize_t length;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)portrait->pid, name);
    length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    target[strcspn(target, "[")] = '\0'; /* "socket:[7]" */
    say(portrait, "%s: %s\n", name, target);
}

/* But for what the program opened by itself: 0, 1, 2 and how many are beyond thirty. */
static void tell_descriptors(struct portrait *portrait)
{
    char path[64];
    struct dirent *entry;
    int beyond = 0;
    DIR *dir;

    tell_link(portrait, "fd/0");
    tell_link(portrait, "fd/1");
    tell_link(portrait, "fd/2");
    snprintf(path, sizeof path, "/proc/%d/fd", (int)portrait->pid);
    dir = opendir(path);
    while (dir != NULL && (entry = readdir(dir)) != NULL)
        beyond += atoi(entry->d_name) > 30;
    if (dir != NULL)
        closedir(dir);
    say(portrait, "descriptors beyond 30: %d\n", beyond);
}

/* How many names there are, and the rest of /proc/PID/autogroup and numa_maps that matters. */
static void tell_odds(struct portrait *portrait)
{
    char text[8192], *word;
    size_t size = read_file(portrait->pid, "environ", text, sizeof text);

    for (size_t i = 0; i < size; i++)
        if (i == 0 || text[i - 1] == '\0')
            say(portrait, "environment: %.40s\n", text + i);
    read_file(portrait->pid, "autogroup", text, sizeof text);
    word = strchr(text, ' ');
    say(portrait, "session: %s", word != NULL ? word : "\n");
    read_file(portrait->pid, "numa_maps", text, sizeof text);
    word = strchr(text, ' ');
    say(portrait, "memory policy:%.*s\n", word != NULL ? (int)(1 + strcspn(word + 1, " \n")) : 0, word != NULL ? word : "");
    say(portrait, "I/O priority: %ld\n", syscall(SYS_ioprio_get, 1, portrait->pid));
}

void portrait_take(pid_t pid, bool with_limits, char ret[PORTRAIT_SIZE])
{
    struct portrait portrait = { .pid = pid, .text = ret };
    char text[4096];

    ret[0] = '\0';
    if (read_file(pid, "status", text, sizeof text) == 0 || strstr(text, "\nState:\tZ") != NULL)
        return;
    tell_status(&portrait);
    tell_stat(&portrait);
    tell_line(&portrait, "timerslack_ns");
    tell_line(&portrait, "timers");
    tell_line(&portrait, "oom_score_adj");
    tell_line(&portrait, "personality");
    tell_link(&portrait, "cwd");
    tell_link(&portrait, "root");
    tell_descriptors(&portrait);
    tell_odds(&portrait);
    read_file(pid, "limits", text, sizeof text);
    if (with_limits)
        say(&portrait, "%s", text);
}

bool portrait_is_root(pid_t pid, const char *name)
{
    char text[4096], first[64];

    snprintf(first, sizeof first, "Name:\t%s\n", name);
    read_file(pid, "status", text, sizeof text);
    return strncmp(text, first, strlen(first)) == 0 && strstr(text, "Uid:\t0\t0\t0\t0\n") != NULL;
}

void portrait_print_news(const char *before, const char *now)
{
    char copy[PORTRAIT_SIZE], *rest = copy;

    snprintf(copy, sizeof copy, "%s", now);
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        if (strstr(before, line) == NULL)
            printf("# %s\n", line);
    fflush(stdout);
}
