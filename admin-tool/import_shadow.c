/*
 * /etc/shadow read once: ten thousand accounts would be ten thousand walks through it. What is read
 * is wiped by whoever read it.
 */
#include <errno.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

void shadow_free(struct shadow *shadow)
{
    for (size_t i = 0; i < shadow->count; i++) {
        if (shadow->list[i].hash != NULL)
            explicit_bzero(shadow->list[i].hash, strlen(shadow->list[i].hash));
        free(shadow->list[i].hash);
        free(shadow->list[i].name);
    }
    free(shadow->list);
}

static bool add_line(struct shadow *shadow, const struct spwd *line)
{
    struct shadow_line *secret;

    if (shadow->count == shadow->room) {
        size_t room = 2 * shadow->room + 64;
        struct shadow_line *list = reallocarray(shadow->list, room, sizeof *list);

        if (list == NULL)
            return false;
        shadow->list = list;
        shadow->room = room;
    }
    secret = &shadow->list[shadow->count++];
    *secret = (struct shadow_line){ .changed = line->sp_lstchg, .max = line->sp_max,
                                    .inactive = line->sp_inact, .expires = line->sp_expire };
    secret->name = strdup(line->sp_namp);
    secret->hash = strdup(line->sp_pwdp);
    return secret->name != NULL && secret->hash != NULL;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(((const struct shadow_line *)a)->name, ((const struct shadow_line *)b)->name);
}

enum status shadow_read(struct shadow *ret)
{
    FILE *file = fopen("/etc/shadow", "re");
    const struct spwd *line;
    bool good = true;

    if (file == NULL)
        return tool_refuse(STATUS_FAILED, "/etc/shadow: %s; nothing was imported", strerror(errno));
    while (good && (line = fgetspent(file)) != NULL)
        good = add_line(ret, line);
    fclose(file);
    if (!good)
        return tool_refuse(STATUS_FAILED, "not enough memory; nothing was imported");
    if (ret->count > 0)
        qsort(ret->list, ret->count, sizeof *ret->list, compare_lines);
    return GO_ON;
}

const struct shadow_line *shadow_find(const struct shadow *shadow, const char *name)
{
    struct shadow_line wanted = { .name = (char *)(uintptr_t)name };

    return shadow->count == 0 ? NULL
                               : bsearch(&wanted, shadow->list, shadow->count,
                                         sizeof *shadow->list, compare_lines);
}
