/*
 * systemd's units that run as a user because an administrator has said so. What systemd says counts:
 * the name alone tells nothing, and a user's own manager (user@.service, User= too) is the user's.
 */
#include "units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "program.h"

bool units_are_here(void)
{
    return access("/run/systemd/system", F_OK) == 0;
}

/* org.freedesktop.systemd1(5), UID: what User= came to when the unit was started. */
static uint32_t ask(const char *name)
{
    char operand[PROC_UNIT_SIZE], said[64], *end;
    char *const show[] = { "/usr/bin/systemctl", "show", "--property=UID", "--value", "--", operand,
                           NULL };
    uint32_t uid;

    snprintf(operand, sizeof operand, "%s", name);
    if (strncmp(name, "user@", 5) == 0 || !host_capture(show, said, sizeof said))
        return UNIT_OF_NOBODY;
    uid = (uint32_t)strtoul(said, &end, 10);
    return end != said ? uid : UNIT_OF_NOBODY;
}

static struct unit *find(struct units *units, const char *name)
{
    for (size_t i = 0; i < units->count; i++)
        if (strcmp(units->units[i].name, name) == 0)
            return &units->units[i];
    return NULL;
}

static struct unit *add(struct units *units, const char *name)
{
    struct unit *grown = reallocarray(units->units, units->count + 1, sizeof *grown);

    if (grown == NULL)
        return NULL;
    units->units = grown;
    grown = &units->units[units->count++];
    *grown = (struct unit){ .uid = ask(name) };
    snprintf(grown->name, sizeof grown->name, "%s", name);
    return grown;
}

bool units_is_own(struct units *units, const char *name, uint32_t uid)
{
    struct unit *unit = find(units, name);

    if (unit == NULL)
        unit = add(units, name);
    if (unit == NULL || unit->uid != uid)
        return false;
    unit->runs = true;
    return true;
}

void units_forget_runs(struct units *units)
{
    for (size_t i = 0; i < units->count; i++)
        units->units[i].runs = false;
}

void units_free(struct units *units)
{
    free(units->units);
    *units = (struct units){ 0 };
}
