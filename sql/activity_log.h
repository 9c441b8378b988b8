/*
 * An open activity log. Internal to sql/.
 */
#ifndef CODER_ACTIVITY_LOG_H
#define CODER_ACTIVITY_LOG_H

#include <sqlite3.h>

#include "holder.h"

struct activity_log {
    sqlite3 *db;
    struct holder holder;
    const char *folder;  /* where db is */
    const char *standin; /* where to go from there, NULL once there */
};

#endif
