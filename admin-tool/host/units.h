/*
 * systemd's units that run as a user because an administrator has said so: `User=` names him. They
 * are the administrator's own, unlike what others' units (cron, sshd, a mail server) run for him.
 */
#ifndef CODER_UNITS_H
#define CODER_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc.h"

#define UNIT_OF_NOBODY UINT32_MAX

struct unit {
    char name[PROC_UNIT_SIZE];
    uint32_t uid; /* as whom it runs, an administrator's own doing; UNIT_OF_NOBODY */
    bool runs;    /* was met as an own unit since units_forget_runs */
};

/* Those that were asked about. All zero at first; freed by units_free. */
struct units {
    struct unit *units;
    size_t count;
};

/* Is systemd the first process of this machine? (sd_booted(3)) */
bool units_are_here(void);

/* Is it an own unit of this user's? systemd is asked once for each name, for at most 10 s; one that it will not speak
 * about is none, and so is any when memory is short. */
bool units_is_own(struct units *units, const char *name, uint32_t uid);

void units_forget_runs(struct units *units);
void units_free(struct units *units);

#endif
