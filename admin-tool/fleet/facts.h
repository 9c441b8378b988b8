/*
 * Facts to be written as attributes of an account's entry: entry.c reads what this writes. Pure.
 */
#ifndef CODER_FLEET_FACTS_H
#define CODER_FLEET_FACTS_H

#include <lber.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "write_request.h"

enum { FACTS_MAX = 40, FACTS_VALUES_MAX = 2048, FACTS_ROOM = 2048 };

/* An attribute and all of its values: none takes it away. */
struct facts_attribute {
    const char *name;
    size_t first, count; /* in values */
};

struct facts {
    size_t count, value_count, used;
    bool failed;  /* more values than there is room for */
    bool relaxed; /* the engine's own attributes are among them */
    struct facts_attribute attributes[FACTS_MAX];
    struct berval values[FACTS_VALUES_MAX]; /* of the request, or of room */
    char room[FACTS_ROOM];
};

/* What the entry has before the change. */
struct facts_before {
    bool suspended;
    uint64_t expires_at; /* 0: never */
};

/* What the operation changes in that entry. False: more than there is room for. */
bool facts_change(const struct write_operation *operation, const struct facts_before *before, struct facts *ret);

/* A new entry. The operation's "uid" is not looked at. */
bool facts_add(const struct write_operation *operation, uint32_t uid, struct facts *ret);

/* What makes a gravestone of an entry: name, id and scopes stay. */
void facts_delete(struct facts *ret);

/* A host's entry. */
bool facts_add_host(const struct write_operation *operation, struct facts *ret);

#endif
