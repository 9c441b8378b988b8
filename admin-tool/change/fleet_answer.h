/*
 * What the fleet answers to a request: what was done, who of the hosts hears of it, what was refused. It comes from a process
 * without rights here, so it is read strictly, and names no more than was asked.
 */
#ifndef CODER_CHANGE_FLEET_ANSWER_H
#define CODER_CHANGE_FLEET_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/account.h"
#include "sql/store_fleet_accounts.h"
#include "fleet_rows.h"

enum { FLEET_REASON_SIZE = 513, FLEET_HOST_SIZE = 257 };

/* One operation that was done. */
struct fleet_done {
    bool done;
    char entry_uuid[FLEET_UUID_SIZE], csn[FLEET_CSN_SIZE], by[FLEET_ACTOR_SIZE]; /* by: "" or what can be shown */
    uint32_t uid; /* 0: not said */
};

enum fleet_refusal {
    FLEET_NOT_REFUSED, FLEET_IDENTITY, FLEET_RIGHTS, FLEET_CHANGED, FLEET_TAKEN, FLEET_INVALID, FLEET_STANDBY, FLEET_AWAY,
    FLEET_UNKNOWN, FLEET_FAILED, FLEET_REFUSALS
};

/* A host that is not connected, or a server that could not be asked. */
struct fleet_name {
    char text[FLEET_HOST_SIZE];
};
struct fleet_names {
    struct fleet_name *list;
    size_t count, room;
};

/* Begins as zeros, with room for `count` operations; for fleet_answer_free. */
struct fleet_answer {
    struct fleet_done *done;
    size_t count;
    bool ended;
    enum fleet_refusal refusal;
    size_t refused; /* which operation */
    char why[FLEET_REASON_SIZE];
    size_t hosts;   /* that have these accounts' scopes */
    struct fleet_names missing, unasked;
    struct fleet_rows rows; /* hosts, or the log */
    int64_t identity_end;   /* of a certificate that ends soon; 0: it does not */
};

bool fleet_answer_begin(size_t count, struct fleet_answer *ret);
void fleet_answer_free(struct fleet_answer *answer);

/* One line of the answer. False: it is none. */
struct json_reader;
bool fleet_answer_take(struct json_reader *reader, const char *line, struct fleet_answer *answer);

/* How many were done: the first of all. */
size_t fleet_answer_done(const struct fleet_answer *answer);

#endif
