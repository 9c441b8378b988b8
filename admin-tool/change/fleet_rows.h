/*
 * What the fleet shows of itself, row by row: its hosts, and its log.
 */
#ifndef CODER_CHANGE_FLEET_ROWS_H
#define CODER_CHANGE_FLEET_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* As coder_fleet(8) has them; of several words, with commas between them. */
enum fleet_fact {
    FLEET_FACT_NAME, FLEET_FACT_URI, FLEET_FACT_SCOPES, FLEET_FACT_AT, FLEET_FACT_BY, FLEET_FACT_WHAT, FLEET_FACT_DN,
    FLEET_FACT_USERNAME, FLEET_FACT_CHANGED, FLEET_FACT_MEMBERS, FLEET_FACT_STATUS, FLEET_FACTS
};

struct fleet_row {
    char *texts; /* all facts, each with its NUL */
};

/* Begins as zeros; for fleet_rows_free. */
struct fleet_rows {
    struct fleet_row *list;
    size_t count, room;
};

/* A copy; "" is what the row has not. False when memory is short. */
bool fleet_rows_add(struct fleet_rows *rows, const char *const facts[FLEET_FACTS]);
void fleet_rows_free(struct fleet_rows *rows);

/* "" where the row has it not. The row's. */
const char *fleet_row_fact(const struct fleet_row *row, enum fleet_fact fact);

#endif
