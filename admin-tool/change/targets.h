/*
 * Whom a change is about: named by operands or, with "-", by the lines of standard input.
 */
#ifndef CODER_CHANGE_TARGETS_H
#define CODER_CHANGE_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "terminal/command.h"

/* before: as it was found, then as the transaction found it. after: once changed; uid 0: it is gone. */
struct target {
    struct account before, after;
    bool due;     /* it is not so already */
    bool changed;
    size_t processes; /* of --dry-run with JSON: that would end, if they could be counted */
    bool counted;
};

struct targets {
    struct target *list;
    size_t count;
    bool several; /* more than one was named, or standard input: the answer is an array */
};

/* The accounts of these names, each once, as they are; `former`: names they had will do. All that are unknown are said.
 * GO_ON, and *ret for targets_free; or said. */
enum status targets_find(struct tool *tool, char *const *names, size_t count, bool former, struct targets *ret);

/* The number of those that are due; the only one, or the first. */
size_t targets_due(const struct targets *targets);

/* Wiped, too. */
void targets_free(struct targets *targets);

#endif
