/*
 * An open activity log. Internal to sql/.
 */
#ifndef CODER_ACTIVITY_LOG_H
#define CODER_ACTIVITY_LOG_H

#include <sqlite3.h>

#include "holder.h"
#include "policy.h"

struct activity_log {
    sqlite3 *db;
    struct holder holder;
    const char *folder;  /* where db is */
    const char *standin; /* where to go from there, NULL once there */
};

/* Failures up to then are forgotten; a lock still running is not. */
int64_t activity_forgotten_until(const struct policy *policy, int64_t now);

#endif
