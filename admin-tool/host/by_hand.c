/*
 * Units started by hand have their files where systemd keeps those that a program told it of, and lose them when they end.
 * Scopes lie there, too: sessions, which are their users' own.
 */
#include "by_hand.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"
#include "program.h"

#define TRANSIENT_DIR "/run/systemd/transient"

/* Runs something, now or later. */
static int is_unit(const struct dirent *entry)
{
    static const char *const kinds[] = { ".service", ".timer", ".path", ".socket" };
    const char *kind = strrchr(entry->d_name, '.');

    for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return 1;
    return 0;
}

static bool is_since(const char *name, int64_t since)
{
    char path[sizeof TRANSIENT_DIR + PROC_UNIT_SIZE];
    struct stat file;

    snprintf(path, sizeof path, TRANSIENT_DIR "/%s", name);
    return lstat(path, &file) == 0 && file.st_mtime >= since;
}

/* One that failed keeps its file. What systemd does not speak about is taken to be active. */
static bool is_active(const char *name)
{
    char operand[PROC_UNIT_SIZE], state[32];
    char *const show[] = { "/usr/bin/systemctl", "show", "--property=ActiveState", "--value", "--", operand, NULL };

    snprintf(operand, sizeof operand, "%s", name);
    return !host_capture(show, state, sizeof state) || (strcmp(state, "inactive\n") != 0 && strcmp(state, "failed\n") != 0);
}

void by_hand_walk(int64_t since, void (*visit)(void *context, const char *name), void *context)
{
    char own[PROC_UNIT_SIZE];
    struct dirent **entries = NULL;
    int count = scandir(TRANSIENT_DIR, &entries, is_unit, alphasort);

    if (!proc_unit(getpid(), own))
        own[0] = '\0';
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        if (is_since(name, since) && strcmp(name, own) != 0 && is_active(name))
            visit(context, name);
        free(entries[i]);
    }
    free(entries);
}
