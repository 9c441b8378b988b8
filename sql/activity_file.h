/*
 * An open activity log, shared by the files that implement activity.h.
 */
#ifndef CODER_ACTIVITY_FILE_H
#define CODER_ACTIVITY_FILE_H

#include "activity.h"
#include "database.h"
#include "store_check.h"

struct activity_log {
    sqlite3 *db;
    struct holder holder;
    const char *folder;  /* where db is */
    const char *standin; /* where to go from there, NULL once there */
};

/* After `result`: a damaged file is made again, a disk that cannot be written is left for the
 * stand-in. OK when there is an open file again. */
enum store_result activity_move_on(struct activity_log *log, enum store_result result);

/* The stand-in's folder and its parent; whether they will do is store_check_files' to say. */
void activity_make_folders(const char *folder);

#endif
