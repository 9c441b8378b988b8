/*
 * Which accounts are meant: what the command line says of them.
 */
#ifndef CODER_VERBS_SELECTION_H
#define CODER_VERBS_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/store_find.h"
#include "terminal/command.h"

struct selection {
    struct account_filter filter;
    struct account_order order;
    int64_t offset, limit; /* limit -1: all */
    bool narrowed;         /* not simply all of them */
    char *locked;          /* the filter's uids; NULL: they are not asked for */
};

/* Before anything is opened: GO_ON, or USAGE, said. */
enum status selection_parse(const struct tool *tool, struct selection *ret);

/* Once the store is open: who is locked out, where that is asked. GO_ON, or said. For selection_free, whatever it says. */
enum status selection_begin(const struct tool *tool, struct selection *selection);
void selection_free(struct selection *selection);

/* The uids of all who are locked out, an array of JSON for store_text_free; NULL when the log cannot be used. */
char *selection_read_locked(const struct tool *tool);

#endif
