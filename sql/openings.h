/*
 * Who was let open a session. Between our word and its setuid(2) the PAM host (su, sshd's monitor, login) is root's, or
 * its caller's: nothing but this says for whom it is about to run something. Kept beside the attempts (activity.h), by
 * what names a process for good: its number, its start, and the boot that both belong to.
 */
#ifndef CODER_OPENINGS_H
#define CODER_OPENINGS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "store.h"

struct activity_log;

enum { OPENINGS_MAX = 4096 }; /* rows; the oldest make room */

struct opening {
    pid_t pid;
    int64_t start; /* field 22 of proc(5)'s stat: clock ticks since boot */
};

struct openings {
    struct opening *all;
    size_t count;
};

/* The live process is one that opens a session for this user. A few of the oldest rows whose process is gone are
 * dropped. FAILED with nothing written when it has gone itself. */
enum store_result openings_add(struct activity_log *log, uint32_t uid, pid_t pid);

/* Add to the list, all zero at first, those of this user that still live. */
enum store_result openings_read(struct activity_log *log, uint32_t uid, struct openings *ret);
void openings_free(struct openings *openings);

#endif
