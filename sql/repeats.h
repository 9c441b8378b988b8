/*
 * What a user may do as often as he likes, changing his own password, leaves one audit row a minute. What he repeats
 * within it is counted beside the attempts (activity.h), and a row that says how often follows.
 */
#ifndef CODER_REPEATS_H
#define CODER_REPEATS_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

struct activity_log;

#define REPEATS_EVENT "password changed"
enum { REPEATS_SECONDS = 60 };

/* The newest row of this user's event is less than a minute old. False as well when that cannot be read: then there is
 * to be a row. */
bool repeats_is_recent(struct store *store, const char *username, int64_t now);

/* One more without a row; and the same taken back when it came to nothing. */
enum store_result repeats_add(struct activity_log *log, uint32_t uid, int64_t now);
enum store_result repeats_take(struct activity_log *log, uint32_t uid, int64_t count);

/* How many there are without a row. */
enum store_result repeats_count(struct activity_log *log, uint32_t uid, int64_t *ret);

/* True when repeats_settle has something to do. */
bool repeats_is_due(struct activity_log *log, int64_t now);

/* A row for each user whose last repeat is a minute ago: how many there were, and when the last one was. In a
 * transaction of its own. */
enum store_result repeats_settle(struct store *store, struct activity_log *log, int64_t now);

#endif
