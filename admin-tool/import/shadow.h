/*
 * /etc/shadow, as far as an import takes it over.
 */
#ifndef CODER_IMPORT_SHADOW_H
#define CODER_IMPORT_SHADOW_H

#include <stddef.h>

#include "sql/account.h"
#include "terminal/command.h"

/* What is kept of a line of shadow(5). */
struct shadow_line {
    char name[ACCOUNT_NAME_SIZE], hash[ACCOUNT_HASH_SIZE]; /* one too long is cut */
    long changed, min, max, warn, inactive, expires; /* days; -1: not set */
};

struct shadow {
    struct shadow_line *list; /* by name */
    size_t count, room;
};

/* All of /etc/shadow. GO_ON, or said; ret is to be freed in every case. */
enum status shadow_read(struct shadow *ret);
void shadow_free(struct shadow *shadow);
/* NULL when there is none of this name. */
const struct shadow_line *shadow_find(const struct shadow *shadow, const char *name);

#endif
