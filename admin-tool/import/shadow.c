/*
 * /etc/shadow read once: ten thousand accounts would be ten thousand walks through it. What is read
 * is wiped by whoever read it.
 */
#include "shadow.h"

#include <errno.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"

void shadow_free(struct shadow *shadow)
{
    if (shadow->list != NULL)
        explicit_bzero(shadow->list, shadow->room * sizeof *shadow->list);
    free(shadow->list);
}

/* Not realloc: what it leaves behind is not wiped. */
static bool make_room(struct shadow *shadow)
{
    struct shadow larger = { .count = shadow->count, .room = 2 * shadow->room + 64 };

    if (shadow->count < shadow->room)
        return true;
    larger.list = calloc(larger.room, sizeof *larger.list);
    if (larger.list == NULL)
        return false;
    if (shadow->count > 0)
        memcpy(larger.list, shadow->list, shadow->count * sizeof *larger.list);
    shadow_free(shadow);
    *shadow = larger;
    return true;
}

static bool add_line(struct shadow *shadow, const struct spwd *line)
{
    struct shadow_line *secret;

    if (strlen(line->sp_namp) >= ACCOUNT_NAME_SIZE)
        return true; /* nobody of ours */
    if (!make_room(shadow))
        return false;
    secret = &shadow->list[shadow->count++];
    *secret = (struct shadow_line){ .changed = line->sp_lstchg, .min = line->sp_min,
                                    .max = line->sp_max, .warn = line->sp_warn, .inactive = line->sp_inact,
                                    .expires = line->sp_expire };
    snprintf(secret->name, sizeof secret->name, "%s", line->sp_namp);
    snprintf(secret->hash, sizeof secret->hash, "%s", line->sp_pwdp);
    return true;
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

static int compare_name(const void *name, const void *line)
{
    return strcmp(name, ((const struct shadow_line *)line)->name);
}

const struct shadow_line *shadow_find(const struct shadow *shadow, const char *name)
{
    return shadow->count == 0 ? NULL
                              : bsearch(name, shadow->list, shadow->count, sizeof *shadow->list,
                                        compare_name);
}
