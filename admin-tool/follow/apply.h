/*
 * A batch applied: one transaction, one publication.
 */
#ifndef CODER_FOLLOW_APPLY_H
#define CODER_FOLLOW_APPLY_H

#include "terminal/command.h"
#include "batch.h"

/* What became of it, also when it failed: parts of a very long one may have been committed. */
struct applied {
    size_t changed, held; /* rows of the audit log; entries that were not taken */
    bool whole_due;       /* all is to be sent anew */
};

/* Judged, written with its cookie, published, and told to the system log; whose sessions are to be ended is in the store
 * (sweeps.h). tool->store is open. from: the cookie that stands there. uri: of the server. GO_ON, or said and the cookie is
 * as it was. */
enum status apply_batch(struct tool *tool, struct batch *batch, const char *from, const char *cookie, const char *uri,
                        struct applied *ret);

/* The same for what was held, where something of it is otherwise now; cookie and last contact stay. *ret_changed: as
 * applied.changed. */
enum status apply_again(struct tool *tool, struct batch *batch, const char *from, size_t *ret_changed);

#endif
