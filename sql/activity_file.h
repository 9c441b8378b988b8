/*
 * The file of the attempts: found, made anew, thrown away.
 */
#ifndef CODER_ACTIVITY_FILE_H
#define CODER_ACTIVITY_FILE_H

#include "store.h"

struct activity_log;

/* After `result`: a damaged file is made again, a disk that cannot be written is left for the
 * stand-in. OK when there is an open file again. */
enum store_result activity_move_on(struct activity_log *log, enum store_result result);

/* The stand-in's folder and its parent; whether they will do is store_check_files' to say. */
void activity_make_folders(const char *folder);

/* The first of both folders that can be written is used; the second is made when needed.
 * Anything but OK means no attempt can be charged, so none may be judged. The folders' names are
 * borrowed. */
enum store_result activity_open(const char *private_dir, const char *run_dir,
                                struct activity_log **ret);
void activity_close(struct activity_log *log);

/* Throw it away; the next attempt makes a new one (activity_file.c). */
void activity_discard(const char *private_dir);

#endif
