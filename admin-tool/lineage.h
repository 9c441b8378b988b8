/*
 * Whose a process is.
 */
#ifndef CODER_LINEAGE_H
#define CODER_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum relation {
    RELATION_NONE,
    RELATION_SESSION, /* to be ended */
    RELATION_UNIT     /* a system service that runs as this user: an administrator's own doing */
};

struct relative {
    pid_t pid, parent, session; /* session: its leader's number */
    int64_t start;              /* in clock ticks since boot; with pid, a process's name for good */
    bool is_free;               /* no login uid, in no unit: parent and leader say whose it is */
    bool is_led;                /* its session is one that is to be ended */
    enum relation relation;
};

struct lineage {
    struct relative *processes; /* all that are alive, by pid */
    size_t count, units;        /* units: how many are RELATION_UNIT */
    char unit[256];             /* one of their names */
};

/*
 * Look at every process, once. before: what was seen when last looked at, all zero at first; what
 * forked while its parent was ended is known by its session. False when /proc cannot be read or
 * memory is short.
 */
bool lineage_read(uint32_t uid, const struct lineage *before, struct lineage *ret);
void lineage_free(struct lineage *lineage);

/* True while the number still means the process that was looked at. */
bool lineage_is_same(const struct relative *process);

#endif
